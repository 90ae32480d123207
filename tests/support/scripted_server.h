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
  enum class Then { kKeepOpen, kClose, kHang };
  struct Reply {
    std::string bytes;
    Then then{};
  };

  explicit ScriptedServer(std::vector<Reply> replies, const SelfSigned* certificate = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string Url() const;
  std::vector<std::string> requests() const;  // heads, as they came
  int connections() const { return connections_; }

  // Blocks until so many requests have been read; false after 10 s.
  bool WaitForRequests(size_t count) const;

 private:
  struct TlsContext;
  class Connection;

  void Serve();
  void Talk(Connection& connection);
  bool WaitReadable(int fd) const;  // false: stop

  std::vector<Reply> replies_;
  std::unique_ptr<TlsContext> tls_;
  int listener_{-1};
  int stop_event_{-1};
  uint16_t port_{};
  std::atomic<int> connections_{};
  mutable Mutex mutex_;
  mutable std::condition_variable_any read_one_;
  std::vector<std::string> requests_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace xplenty
