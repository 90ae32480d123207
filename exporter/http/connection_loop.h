#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/logger.h"
#include "base/result.h"
#include "http/connection_table.h"
#include "http/listener.h"
#include "http/responder.h"
#include "http/web_policy.h"
#include "http/worker_pool.h"

namespace xplenty {

// Limits of a ConnectionLoop.
struct ConnectionLimits {
  size_t max_connections{};                    // open at once; also the requests served at once
  std::chrono::milliseconds idle_timeout{};    // until the first byte of a request head
  std::chrono::milliseconds head_timeout{};    // from that byte to the end; also a TLS handshake
  std::chrono::milliseconds linger_timeout{};  // from the last response until the peer closes
  std::chrono::milliseconds stop_grace{};      // for the responses in flight when stopped
};

// A watchdog notification: `beat` is called about every `interval` by the thread of Run().
struct Heartbeat {
  std::chrono::milliseconds interval{};
  std::function<void()> beat{};  // empty: no watchdog
};

// Serves connections. The thread of Run() accepts them and keeps their deadlines. Workers, of which
// one is always idle, take the next ready connection, read without blocking and serve complete
// requests: a client costs a thread only while its request is served. When `max_connections` are
// open, the connection that has been idle longest is closed; when all are being served, a new one
// gets 503.
class ConnectionLoop {
 public:
  // Fails if the system has no descriptor or no thread left. `responder` and `logger` must outlive
  // the loop.
  static Result<std::unique_ptr<ConnectionLoop>> Create(std::vector<Listener> listeners,
                                                        ConnectionLimits limits,
                                                        PolicySource policy, Heartbeat heartbeat,
                                                        Responder& responder, Logger& logger);
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  // Serves until Stop(). Then waits up to stop_grace for the responses in flight, shuts down the
  // rest, and returns when their handlers have returned. To be called once.
  void Run();

  // Makes Run() end. Safe from any thread; does not wait.
  void Stop();

 private:
  ConnectionLoop(std::unique_ptr<ConnectionTable> table, FileDescriptor wake,
                 std::vector<Listener> listeners, ConnectionLimits limits, PolicySource policy,
                 Heartbeat heartbeat, Responder& responder, Logger& logger);

  // Called by the thread of Run():
  void Wait();
  int MillisecondsToWait();
  void Accept(const Listener& listener);
  void AddConnection(FileDescriptor socket, std::string remote_address);
  void PauseAccepting(int reason);
  void Expire();
  void NotifyWatchdog();
  void BeginStopping();

  // Called by the workers:
  void ReadFrom(Connection& connection);
  bool Advance(Connection& connection);

  // Called by any thread, which no longer uses the connection afterwards.
  void Arm(Connection& connection, uint32_t events);
  void SendError(Connection& connection, int status, std::string_view detail = {});
  void LingeringClose(Connection& connection);
  void Close(Connection& connection);

  void Wake();

  const std::unique_ptr<ConnectionTable> table_;
  const FileDescriptor wake_;
  std::vector<Listener> listeners_;
  const ConnectionLimits limits_;
  const PolicySource policy_;
  const Heartbeat heartbeat_;
  Responder& responder_;
  Logger& logger_;

  SteadyTime now_{};           // of this round
  SteadyTime accept_again_{};  // the listeners are paused until then
  SteadyTime next_beat_{};
  SteadyTime cut_off_{};  // end of the grace once stopping_; max() when it has been used
  bool stopping_ = false;

  std::atomic<bool> stop_requested_ = false;
  std::atomic<size_t> in_flight_ = 0;  // requests being served

  WorkerPool workers_;  // last, as its threads use all members above
};

}  // namespace xplenty
