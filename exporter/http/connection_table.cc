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
constexpr size_t kMaxDraining = 16;
constexpr std::chrono::milliseconds kLookAfterHeld(1'000);

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
    // Since then its deadline may have passed.
    if (found == connections_.end() || found->second->held) continue;
    found->second->held = true;
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

bool ConnectionTable::Watch(Connection& connection, uint32_t events) {
  const MutexLock lock(mutex_);
  if (closing_ && !connection.draining) {
    connections_.erase(connection.id);
    return false;
  }
  connection.held = false;
  epoll_event event{};
  event.events = events | EPOLLONESHOT;  // so that one thread alone hears of it
  event.data.u64 = connection.id;
  ::epoll_ctl(epoll_.get(), connection.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
              connection.socket.fd(), &event);
  connection.registered = true;
  const bool is_next = connection.deadline < next_deadline_;
  if (is_next) next_deadline_ = connection.deadline;
  return is_next;
}

void ConnectionTable::Drain(Connection& connection) {
  const MutexLock lock(mutex_);
  connection.draining = true;
  const auto draining = static_cast<size_t>(std::ranges::count_if(
      connections_, [](const auto& entry) { return entry.second->draining; }));
  if (draining > kMaxDraining) CloseLongestWatched(true);
}

// Which ends epoll's watch, too.
void ConnectionTable::Close(Connection& connection) {
  const MutexLock lock(mutex_);
  connections_.erase(connection.id);
}

SteadyTime ConnectionTable::NextDeadline(SteadyTime now) {
  const MutexLock lock(mutex_);
  next_deadline_ = SteadyTime::max();
  for (const auto& [id, connection] : connections_) {
    // One that is held gets a later deadline: it is looked for, lest each be waited for anew.
    const SteadyTime next = connection->held ? now + kLookAfterHeld : connection->deadline;
    next_deadline_ = std::min(next_deadline_, next);
  }
  return next_deadline_;
}

std::vector<Connection*> ConnectionTable::HoldExpired(SteadyTime now) {
  std::vector<Connection*> expired;
  const MutexLock lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    if (connection->held || now < connection->deadline) continue;
    connection->held = true;
    expired.push_back(connection.get());
  }
  return expired;
}

bool ConnectionTable::CloseLongestWatched() {
  const MutexLock lock(mutex_);
  return CloseLongestWatched(false);
}

bool ConnectionTable::CloseLongestWatched(bool draining) {
  const Connection* longest = nullptr;
  for (const auto& [id, connection] : connections_) {
    if (connection->held || connection->draining != draining) continue;
    if (longest == nullptr || connection->since < longest->since) longest = connection.get();
  }
  if (longest == nullptr) return false;
  connections_.erase(longest->id);
  return true;
}

void ConnectionTable::CloseWatched() {
  const MutexLock lock(mutex_);
  closing_ = true;
  std::erase_if(connections_,
                [](const auto& entry) { return !entry.second->held && !entry.second->draining; });
}

void ConnectionTable::AbortHeld() {
  const MutexLock lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    if (connection->held) connection->socket.Abort();
  }
}

size_t ConnectionTable::open() const {
  const MutexLock lock(mutex_);
  return static_cast<size_t>(std::ranges::count_if(
      connections_, [](const auto& entry) { return !entry.second->draining; }));
}

size_t ConnectionTable::held() const {
  const MutexLock lock(mutex_);
  return static_cast<size_t>(std::ranges::count_if(connections_, [](const auto& entry) {
    return entry.second->held && !entry.second->draining;
  }));
}

}  // namespace xplenty
