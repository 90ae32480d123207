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

// Owns every connection. A connection is either in use by one thread, or armed: registered with
// epoll, so that Next() returns it when its socket is ready, and subject to its deadline. Safe from
// any thread.
class ConnectionTable {
 public:
  // Fails if the system has no epoll or event descriptor left.
  static Result<std::unique_ptr<ConnectionTable>> Create();

  // Waits until the socket of an armed connection is ready, and returns that connection for use by
  // the caller. Of several callers the last one to come is woken. Null once End() has been called.
  Connection* Next();
  // Makes all calls of Next() return null from now on.
  void End();

  // Adds a connection, in use by the caller.
  Connection& Add(Socket socket, std::string remote_address);
  // Ends the caller's use and arms the connection for EPOLLIN or EPOLLOUT. True if its deadline is
  // before the last result of NextDeadline(). After CloseIdle() the connection is closed instead,
  // unless it lingers.
  bool Arm(Connection& connection, uint32_t events);
  // Marks a connection in use as lingering; closes the oldest lingering one if there are too many.
  void LingeringClose(Connection& connection);
  // Closes a connection in use.
  void Close(Connection& connection);

  // When to call TakeExpired() next; SteadyTime::max() if there is no connection.
  SteadyTime NextDeadline(SteadyTime now);
  // Returns the armed connections whose deadline has passed, for use by the caller.
  std::vector<Connection*> TakeExpired(SteadyTime now);

  // Closes the armed connection that has been idle longest, lingering ones aside; false if there
  // is no such connection.
  bool EvictIdle();
  // Closes all armed connections, and those that will be armed later, lingering ones aside.
  void CloseIdle();
  // Shuts down the sockets of all connections in use: reads and writes under way end.
  void ShutdownInUse();

  // The number of connections, and of those in use; lingering ones are not counted.
  size_t open() const;
  size_t in_use() const;

 private:
  ConnectionTable(FileDescriptor epoll, FileDescriptor end);

  bool EvictIdle(bool lingering) REQUIRES(mutex_);

  const FileDescriptor epoll_;
  const FileDescriptor end_;  // ready for ever after End()
  mutable Mutex mutex_;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_ GUARDED_BY(mutex_);
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  SteadyTime next_deadline_ GUARDED_BY(mutex_) = SteadyTime::max();
};

}  // namespace xplenty
