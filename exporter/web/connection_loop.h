#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/logger.h"
#include "base/mutex.h"
#include "web/connection.h"
#include "web/listener.h"
#include "web/request_head.h"
#include "web/responder.h"
#include "web/web_policy.h"
#include "web/worker_pool.h"

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

// Owns every connection. One thread, that of Run(), accepts, reads request heads without blocking
// and keeps the deadlines, so that a client costs a worker only while its request is answered.
// When `max_connections` are open, the one that has waited longest without a complete head makes
// room; when all are being answered, the newcomer gets a 503.
class ConnectionLoop {
 public:
  // Fails when the system gives no epoll or event descriptor.
  static Result<std::unique_ptr<ConnectionLoop>> Create(std::vector<Listener> listeners,
                                                        ConnectionLimits limits,
                                                        PolicySource policy, Heartbeat heartbeat,
                                                        const Responder& responder, Logger& logger);

  // Serves until Stop(), then lets the responses in flight end within the grace, cuts off the rest
  // and returns when their handlers have. Called once.
  void Run();

  // From any thread; does not wait.
  void Stop();

 private:
  using Outcome = Responder::Outcome;

  ConnectionLoop(FileDescriptor epoll, FileDescriptor wake, std::vector<Listener> listeners,
                 ConnectionLimits limits, PolicySource policy, Heartbeat heartbeat,
                 const Responder& responder, Logger& logger);

  void Watch(int fd, uint64_t id);
  void Unwatch(int fd);
  void WatchFor(Connection& connection, uint32_t events);
  void Wake();
  int MillisecondsToWait() const;

  void Dispatch(uint64_t id);
  void Accept(size_t listener);
  void Admit(FileDescriptor socket, std::string remote_address);
  void PauseAccepting(int reason);
  void ResumeAccepting();

  void ReadFrom(Connection& connection);
  void Advance(Connection& connection);
  void HandOver(Connection& connection, RequestHead head);
  void GiveBack(Connection& connection, Outcome outcome);
  void TakeBack();
  void ReadAgain(Connection& connection);
  void Refuse(Connection& connection, int status, std::string_view detail = {});
  void Drain(Connection& connection);
  void Close(Connection& connection);
  void Expire();

  // The one that has been in this state for longest; null when there is none.
  Connection* Oldest(Connection::State state);
  size_t Count(Connection::State state) const;

  void BeginStopping();
  void CutOffWorkers();
  void Beat();

  const FileDescriptor epoll_;
  const FileDescriptor wake_;
  std::vector<Listener> listeners_;
  const ConnectionLimits limits_;
  const PolicySource policy_;
  const Heartbeat heartbeat_;
  const Responder& responder_;
  Logger& logger_;

  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t next_id_;
  uint64_t last_turn_ = 0;
  SteadyTime now_{};           // of this round
  SteadyTime accept_again_{};  // while accepting_ is false
  SteadyTime next_beat_{};     // at once
  SteadyTime cut_off_{};       // once stopping_ is true
  bool accepting_ = true;
  bool stopping_ = false;

  std::atomic<bool> stop_asked_ = false;
  Mutex mutex_;
  std::vector<std::pair<uint64_t, Outcome>> answered_ GUARDED_BY(mutex_);
  WorkerPool workers_;  // last: its threads use the rest
};

}  // namespace xplenty
