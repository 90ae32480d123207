#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace xplenty::simulator {

// The last list requests of an account. Not safe from several threads; the simulator's mutex guards
// it.
class RequestLog {
 public:
  struct Ticket {  // of one request
    uint64_t epoch = 0;
    uint64_t number = 0;
  };

  Ticket Add(std::string query, std::string user_agent, bool authorized);
  // Does nothing for a request that is no longer in the log.
  void NoteStatus(const Ticket& ticket, int status);
  void Clear();
  // {"total", "list"}, as README.md describes it.
  nlohmann::json Render() const;

 private:
  struct Request {
    std::string query;
    std::string user_agent;
    bool authorized = false;
    int status = 0;  // 0: no answer yet, or never
  };

  std::deque<Request> requests_;
  uint64_t total_ = 0;
  uint64_t epoch_ = 0;  // Clear() begins a new one
};

}  // namespace xplenty::simulator
