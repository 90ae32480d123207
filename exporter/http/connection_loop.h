#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/logger.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/connection_table.h"
#include "http/listener.h"
#include "http/responder.h"
#include "http/web_policy.h"

namespace xplenty {

struct ConnectionLimits {
  size_t max_connections{};
  std::chrono::milliseconds idle_timeout{};  // until the first byte of a head
  std::chrono::milliseconds head_timeout{};  // from that byte to the head's end; a TLS handshake
  std::chrono::milliseconds stop_grace{};    // for the responses in flight
};

// Tells a watchdog that the loop goes round: `beat` is called about each `interval` by its thread.
struct Heartbeat {
  std::chrono::milliseconds interval{};
  std::function<void()> beat{};  // none: not at all
};

// Serves connections. One thread, that of Run(), accepts them and keeps the deadlines. Others, of
// which there is always one to spare, take the next that is ready, read without blocking and answer
// what they have read whole: a client costs a thread only while its request is answered. When
// `max_connections` are open, the one that has waited longest without a complete head makes room;
// when all are being answered, the newcomer gets a 503.
class ConnectionLoop {
 public:
  // Fails when the system gives no descriptor or no thread.
  static Result<std::unique_ptr<ConnectionLoop>> Create(std::vector<Listener> listeners,
                                                        ConnectionLimits limits,
                                                        PolicySource policy, Heartbeat heartbeat,
                                                        Responder& responder, Logger& logger);
  ~ConnectionLoop();
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  // Serves until Stop(), then lets the responses in flight end within the grace, cuts off the rest
  // and returns when their handlers have. Called once.
  void Run();

  // From any thread; does not wait.
  void Stop();

 private:
  ConnectionLoop(std::unique_ptr<ConnectionTable> table, FileDescriptor wake,
                 std::vector<Listener> listeners, ConnectionLimits limits, PolicySource policy,
                 Heartbeat heartbeat, Responder& responder, Logger& logger);

  // By the thread of Run():
  void Wait();
  int MillisecondsToWait();
  void Accept(const Listener& listener);
  void Admit(FileDescriptor socket, std::string remote_address);
  void PauseAccepting(int reason);
  void Expire();
  void Beat();
  void BeginStopping();

  // By the others:
  void Work();
  void ReadFrom(Connection& connection);
  bool Advance(Connection& connection);

  // By any; the caller holds the connection no longer.
  void Watch(Connection& connection, uint32_t events);
  void Refuse(Connection& connection, int status, std::string_view detail = {});
  void Drain(Connection& connection);
  void Close(Connection& connection);

  bool AddWorker();
  void EndWorkers();
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
  SteadyTime accept_again_{};  // listeners are left alone until then
  SteadyTime next_beat_{};     // at once
  SteadyTime cut_off_{};       // once stopping_ is true; max() when it has been done
  bool stopping_ = false;

  std::atomic<bool> stop_asked_ = false;
  std::atomic<size_t> answering_ = 0;  // requests
  std::atomic<int> spare_ = 0;         // workers that wait for a connection
  Mutex workers_mutex_;
  std::vector<std::jthread> workers_ GUARDED_BY(workers_mutex_);
};

}  // namespace xplenty
