#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace xplenty::simulator {

// The last list requests of an account. Not thread-safe; the simulator's mutex guards it.
class RequestLog {
 public:
  struct Ticket {  // identifies a request
    uint64_t epoch = 0;
    uint64_t number = 0;
  };

  Ticket Add(std::string query, std::string user_agent, bool authorized);
  // Sets the status of a request, unless that is no longer in the log.
  void RecordStatus(const Ticket& ticket, int status);
  void Clear();
  // The object {"total", "list"} that README.md describes.
  nlohmann::json Render() const;

 private:
  struct Request {
    std::string query;
    std::string user_agent;
    bool authorized = false;
    int status = 0;  // 0: no response yet, or none at all
  };

  std::deque<Request> requests_;
  uint64_t total_ = 0;
  uint64_t epoch_ = 0;  // grows with each Clear()
};

}  // namespace xplenty::simulator
