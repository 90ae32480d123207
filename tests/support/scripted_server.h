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

// A server on 127.0.0.1 that sends any bytes: those of the n-th reply are the response to the n-th
// request. It speaks TLS if it gets a certificate, and serves one connection at a time.
class ScriptedServer {
 public:
  enum class Then {
    kKeepOpen,
    kClose,
    kReset,
    kHang,
    kDrip,   // sends a blank now and then, without end
    kLeave,  // refuses connections, from before this reply until Return()
  };
  struct Reply {
    std::string bytes;
    Then then{};
  };
  // Chooses the reply by the request, on the server's thread.
  class Handler {
   public:
    virtual ~Handler() = default;
    Handler() = default;
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;
    virtual Reply Handle(const std::string& head) = 0;
  };

  explicit ScriptedServer(Handler& handler);  // must outlive this
  explicit ScriptedServer(std::vector<Reply> replies, const SelfSigned* certificate = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string Url() const;
  std::vector<std::string> requests() const;  // the heads, in order
  int connections() const { return connections_; }

  // Blocks until `count` requests have been read; returns false after minutes.
  bool WaitForRequests(size_t count) const;

  // Leave() makes the server refuse connections, while the port stays reserved; Return() ends that.
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
  bool WaitReadable(int fd) const;  // false after Leave() and at the end
  void Drip(Connection& connection) const;

  const std::unique_ptr<Handler> script_;
  Handler& handler_;
  std::unique_ptr<TlsContext> tls_;
  int listener_{-1};
  int placeholder_{-1};  // reserves the port while nothing listens
  int wake_event_{-1};
  uint16_t port_{};
  std::atomic<int> connections_{};
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<std::string> requests_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool away_ GUARDED_BY(mutex_) = false;  // what Leave() and Return() want
  bool gone_ GUARDED_BY(mutex_) = false;  // what Serve() has done
  std::thread thread_;
};

}  // namespace xplenty
