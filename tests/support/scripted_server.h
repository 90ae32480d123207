#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace xplenty {

struct SelfSigned;

// A server on 127.0.0.1 that answers the n-th request with the n-th reply's bytes, whatever they
// are, and speaks TLS if it is given a certificate. One connection at a time.
class ScriptedServer {
 public:
  enum class Then {
    kKeepOpen,
    kClose,
    kReset,
    kHang,
    kDrip,   // a blank now and then, for ever
    kLeave,  // refuses connections from before the reply until Return()
  };
  struct Reply {
    std::string bytes;
    Then then{};
  };
  // Responses by what is asked for, on the server's thread.
  class Answerer {
   public:
    virtual ~Answerer() = default;
    Answerer() = default;
    Answerer(const Answerer&) = delete;
    Answerer& operator=(const Answerer&) = delete;
    virtual Reply Answer(const std::string& head) = 0;
  };

  explicit ScriptedServer(Answerer& answerer);  // which must outlive this
  explicit ScriptedServer(std::vector<Reply> replies, const SelfSigned* certificate = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string Url() const;
  std::vector<std::string> requests() const;  // heads, as they came
  int connections() const { return connections_; }

  // Blocks until so many requests have been read; false after minutes.
  bool WaitForRequests(size_t count) const;

  // From then on connections are refused; the port stays ours.
  void Leave();
  void Return();

 private:
  struct TlsContext;
  class Connection;
  class Script;

  void Start();
  int Bind(uint16_t port) const;
  void Listen();
  void GoAway() REQUIRES(mutex_);
  bool Stay();
  void Serve();
  void Talk(Connection& connection);
  bool WaitReadable(int fd) const;  // false: there is something else to do
  void Drip(Connection& connection) const;

  const std::unique_ptr<Answerer> script_;
  Answerer& answerer_;
  std::unique_ptr<TlsContext> tls_;
  int listener_{-1};
  int placeholder_{-1};  // keeps the port while no one listens
  int wake_event_{-1};
  uint16_t port_{};
  std::atomic<int> connections_{};
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<std::string> requests_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool away_ GUARDED_BY(mutex_) = false;  // as asked for
  bool gone_ GUARDED_BY(mutex_) = false;  // as it is
  std::thread thread_;
};

}  // namespace xplenty
