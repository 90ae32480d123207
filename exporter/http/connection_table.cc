#include "http/connection_table.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace xplenty {
namespace {

constexpr uint64_t kEndId = 0;
constexpr size_t kMaxLingering = 16;
constexpr std::chrono::milliseconds kInUseRecheck(1'000);

}  // namespace

Result<std::unique_ptr<ConnectionTable>> ConnectionTable::Create() {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  FileDescriptor end(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kEndId;
  if (!epoll.is_open() || !end.is_open() ||
      ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, end.get(), &event) != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 "watch connections: " + std::generic_category().message(errno)};
  }
  return std::unique_ptr<ConnectionTable>(new ConnectionTable(std::move(epoll), std::move(end)));
}

ConnectionTable::ConnectionTable(FileDescriptor epoll, FileDescriptor end)
    : epoll_(std::move(epoll)), end_(std::move(end)) {}

Connection* ConnectionTable::Next() {
  while (true) {
    epoll_event event{};
    if (::epoll_wait(epoll_.get(), &event, 1, -1) < 1) continue;  // a signal
    if (event.data.u64 == kEndId) return nullptr;
    const MutexLock lock(mutex_);
    const auto found = connections_.find(event.data.u64);
    // Its deadline may have passed in the meantime.
    if (found == connections_.end() || found->second->in_use) continue;
    found->second->in_use = true;
    return found->second.get();
  }
}

void ConnectionTable::End() {
  ::eventfd_write(end_.get(), 1);
}

Connection& ConnectionTable::Add(Socket socket, std::string remote_address) {
  const MutexLock lock(mutex_);
  const uint64_t id = ++last_id_;
  auto connection = std::make_unique<Connection>(id, std::move(socket), std::move(remote_address));
  return *(connections_[id] = std::move(connection));
}

bool ConnectionTable::Arm(Connection& connection, uint32_t events) {
  const MutexLock lock(mutex_);
  if (closing_ && !connection.lingering) {
    connections_.erase(connection.id);
    return false;
  }
  connection.in_use = false;
  epoll_event event{};
  event.events = events | EPOLLONESHOT;  // reported to one thread only
  event.data.u64 = connection.id;
  ::epoll_ctl(epoll_.get(), connection.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
              connection.socket.fd(), &event);
  connection.registered = true;
  const bool is_next = connection.deadline < next_deadline_;
  if (is_next) next_deadline_ = connection.deadline;
  return is_next;
}

void ConnectionTable::LingeringClose(Connection& connection) {
  const MutexLock lock(mutex_);
  connection.lingering = true;
  const auto lingering = static_cast<size_t>(std::ranges::count_if(
      connections_, [](const auto& entry) { return entry.second->lingering; }));
  if (lingering > kMaxLingering) EvictIdle(true);
}

// Closing the descriptor also removes it from epoll.
void ConnectionTable::Close(Connection& connection) {
  const MutexLock lock(mutex_);
  connections_.erase(connection.id);
}

SteadyTime ConnectionTable::NextDeadline(SteadyTime now) {
  const MutexLock lock(mutex_);
  next_deadline_ = SteadyTime::max();
  for (const auto& [id, connection] : connections_) {
    // A connection in use gets a new deadline later, so its present one is not waited for.
    const SteadyTime next = connection->in_use ? now + kInUseRecheck : connection->deadline;
    next_deadline_ = std::min(next_deadline_, next);
  }
  return next_deadline_;
}

std::vector<Connection*> ConnectionTable::TakeExpired(SteadyTime now) {
  std::vector<Connection*> expired;
  const MutexLock lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    if (connection->in_use || now < connection->deadline) continue;
    connection->in_use = true;
    expired.push_back(connection.get());
  }
  return expired;
}

bool ConnectionTable::EvictIdle() {
  const MutexLock lock(mutex_);
  return EvictIdle(false);
}

bool ConnectionTable::EvictIdle(bool lingering) {
  const Connection* longest = nullptr;
  for (const auto& [id, connection] : connections_) {
    if (connection->in_use || connection->lingering != lingering) continue;
    if (longest == nullptr || connection->since < longest->since) longest = connection.get();
  }
  if (longest == nullptr) return false;
  connections_.erase(longest->id);
  return true;
}

void ConnectionTable::CloseIdle() {
  const MutexLock lock(mutex_);
  closing_ = true;
  std::erase_if(connections_, [](const auto& entry) {
    return !entry.second->in_use && !entry.second->lingering;
  });
}

void ConnectionTable::ShutdownInUse() {
  const MutexLock lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    if (connection->in_use) connection->socket.Abort();
  }
}

size_t ConnectionTable::open() const {
  const MutexLock lock(mutex_);
  return static_cast<size_t>(std::ranges::count_if(
      connections_, [](const auto& entry) { return !entry.second->lingering; }));
}

size_t ConnectionTable::in_use() const {
  const MutexLock lock(mutex_);
  return static_cast<size_t>(std::ranges::count_if(connections_, [](const auto& entry) {
    return entry.second->in_use && !entry.second->lingering;
  }));
}

}  // namespace xplenty
