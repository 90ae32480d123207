#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/connection.h"

namespace xplenty {

// Owns every connection. Each is held by one thread or watched: for its socket to be ready, which
// whoever calls Next() is told, and for its deadline. Safe from any thread.
class ConnectionTable {
 public:
  // Fails when the system gives no epoll or event descriptor.
  static Result<std::unique_ptr<ConnectionTable>> Create();

  // Waits until the socket of one that is watched is ready, and holds it for the caller. Of several
  // callers one is woken, the last that came. Null once End() has been called.
  Connection* Next();
  void End();

  // A new one, held by the caller.
  Connection& Add(Socket socket, std::string remote_address);
  // Of one that the caller holds: watches it, for EPOLLIN or EPOLLOUT. True when its deadline
  // comes before what NextDeadline() gave last. After CloseWatched() it is closed, unless it
  // drains.
  bool Watch(Connection& connection, uint32_t events);
  // Of one that the caller holds: it will drain from now on, and makes room if too many do.
  void Drain(Connection& connection);
  // Of one that the caller holds: closes it.
  void Close(Connection& connection);

  // When to ask for those whose deadline has passed; SteadyTime::max() when there are none at all.
  SteadyTime NextDeadline(SteadyTime now);
  // Those whose deadline has passed, held for the caller.
  std::vector<Connection*> HoldExpired(SteadyTime now);

  // Closes the one that is watched and was answered longest ago; false if there is none. Not one
  // that drains.
  bool CloseLongestWatched();
  // Closes all that are watched, or will be, but for those that drain.
  void CloseWatched();
  // Whoever holds one can neither read from it nor write to it any more.
  void AbortHeld();

  // How many there are, and how many of them are held. Those that drain do not count.
  size_t open() const;
  size_t held() const;

 private:
  ConnectionTable(FileDescriptor epoll, FileDescriptor end);

  bool CloseLongestWatched(bool draining) REQUIRES(mutex_);

  const FileDescriptor epoll_;
  const FileDescriptor end_;  // ready for ever after End()
  mutable Mutex mutex_;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_ GUARDED_BY(mutex_);
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  SteadyTime next_deadline_ GUARDED_BY(mutex_) = SteadyTime::max();
};

}  // namespace xplenty
