#include "web/connection_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "web/canned_response.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kWakeId = 0;
constexpr uint64_t kFirstListenerId = 1;
constexpr size_t kMaxDraining = 16;
constexpr milliseconds kDrainTime(1'000);
constexpr milliseconds kAcceptPause(100);
constexpr int kAcceptsPerRound = 64;
constexpr milliseconds kLookAfterBusy(1'000);

}  // namespace

Result<std::unique_ptr<ConnectionLoop>> ConnectionLoop::Create(
    std::vector<Listener> listeners, ConnectionLimits limits, PolicySource policy,
    Heartbeat heartbeat, const Responder& responder, Logger& logger) {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  FileDescriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!epoll.is_open() || !wake.is_open()) {
    return Error{ErrorCode::kInvalidArgument,
                 "watch connections: " + std::generic_category().message(errno)};
  }
  return std::unique_ptr<ConnectionLoop>(
      new ConnectionLoop(std::move(epoll), std::move(wake), std::move(listeners), limits,
                         std::move(policy), std::move(heartbeat), responder, logger));
}

ConnectionLoop::ConnectionLoop(FileDescriptor epoll, FileDescriptor wake,
                               std::vector<Listener> listeners, ConnectionLimits limits,
                               PolicySource policy, Heartbeat heartbeat, const Responder& responder,
                               Logger& logger)
    : epoll_(std::move(epoll)),
      wake_(std::move(wake)),
      listeners_(std::move(listeners)),
      limits_(limits),
      policy_(std::move(policy)),
      heartbeat_(std::move(heartbeat)),
      responder_(responder),
      logger_(logger),
      next_id_(kFirstListenerId + listeners_.size()),
      workers_(limits.max_connections) {
  Watch(wake_.get(), kWakeId);
  for (size_t i = 0; i < listeners_.size(); ++i) Watch(listeners_[i].fd(), kFirstListenerId + i);
}

void ConnectionLoop::Run() {
  while (!stopping_ || Count(Connection::State::kBusy) > 0) {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   MillisecondsToWait());
    now_ = std::chrono::steady_clock::now();
    TakeBack();  // first, as workers watch again what they have answered
    for (const epoll_event& event :
         std::span(events).first(static_cast<size_t>(std::max(count, 0)))) {
      Dispatch(event.data.u64);
    }
    Expire();
    Beat();
    if (stop_asked_ && !stopping_) BeginStopping();
  }
}

void ConnectionLoop::Stop() {
  stop_asked_ = true;
  Wake();
}

void ConnectionLoop::Watch(int fd, uint64_t id) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void ConnectionLoop::Unwatch(int fd) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void ConnectionLoop::WatchFor(Connection& connection, uint32_t events) {
  if (connection.events == events) return;
  epoll_event event{};
  event.events = connection.events = events;
  event.data.u64 = connection.id;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.fd(), &event);
}

void ConnectionLoop::Wake() {
  ::eventfd_write(wake_.get(), 1);
}

int ConnectionLoop::MillisecondsToWait() const {
  SteadyTime next = SteadyTime::max();
  for (const auto& [id, connection] : connections_) {
    const bool busy = connection->state == Connection::State::kBusy;
    // Of one that is idle again nothing is heard until then.
    next = std::min(next, busy ? now_ + kLookAfterBusy : connection->deadline);
  }
  if (!accepting_ && !stopping_) next = std::min(next, accept_again_);
  if (stopping_) next = std::min(next, cut_off_);
  if (heartbeat_.beat) next = std::min(next, next_beat_);
  if (next == SteadyTime::max()) return -1;
  const auto wait = std::chrono::ceil<milliseconds>(next - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(wait, milliseconds(0), milliseconds(60'000)).count());
}

void ConnectionLoop::Dispatch(uint64_t id) {
  if (id == kWakeId) {
    eventfd_t count = 0;
    ::eventfd_read(wake_.get(), &count);
  } else if (id < kFirstListenerId + listeners_.size()) {
    Accept(id - kFirstListenerId);
  } else if (const auto found = connections_.find(id); found != connections_.end()) {
    // It may have been handed over in this round, for what came before what is there now.
    if (found->second->state != Connection::State::kBusy) ReadFrom(*found->second);
  }
}

void ConnectionLoop::Accept(size_t listener) {
  for (int i = 0; i < kAcceptsPerRound && accepting_; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    FileDescriptor socket(
        ::accept4(listeners_[listener].fd(), generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      Admit(std::move(socket), AddressWithoutPort(generic));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      PauseAccepting(errno);
    }  // else this one connection was broken before it began
  }
}

void ConnectionLoop::Admit(FileDescriptor socket, std::string remote_address) {
  const int on = 1;  // head and body are written apart; Nagle's algorithm would hold the body back
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool room = connections_.size() - Count(Connection::State::kDraining) < limits_.max_connections;
  if (!room) {
    if (Connection* const idle = Oldest(Connection::State::kReading)) {
      Close(*idle);
      room = true;
    }
  }
  const uint64_t id = next_id_++;
  auto& connection =
      *(connections_[id] = std::make_unique<Connection>(
            id, Socket(std::move(socket), policy_()->tls), std::move(remote_address)));
  Watch(connection.socket.fd(), id);
  connection.events = EPOLLIN;
  connection.turn = ++last_turn_;
  connection.deadline =
      now_ + (connection.in_handshake ? limits_.head_timeout : limits_.idle_timeout);
  if (!room) Refuse(connection, 503);
}

void ConnectionLoop::PauseAccepting(int reason) {
  logger_.Warn("cannot accept connections", {{"err", std::generic_category().message(reason)},
                                             {"connections", std::to_string(connections_.size())}});
  for (const Listener& listener : listeners_) Unwatch(listener.fd());
  accepting_ = false;
  accept_again_ = now_ + kAcceptPause;
  if (Connection* const idle = Oldest(Connection::State::kReading)) Close(*idle);
}

void ConnectionLoop::ResumeAccepting() {
  accepting_ = true;
  for (size_t i = 0; i < listeners_.size(); ++i) Watch(listeners_[i].fd(), kFirstListenerId + i);
}

void ConnectionLoop::ReadFrom(Connection& connection) {
  std::array<char, RequestHead::kMaxBytes> buffer;
  const bool reading = connection.state == Connection::State::kReading;
  const size_t room = reading ? buffer.size() - connection.input.size() : buffer.size();
  const Transfer transfer = connection.socket.Read(std::span(buffer).first(room));
  if (connection.in_handshake && !connection.socket.in_handshake()) {
    connection.in_handshake = false;
    connection.deadline = now_ + limits_.idle_timeout;
  }
  switch (transfer.progress) {
    case Progress::kMoved:
      WatchFor(connection, EPOLLIN);
      if (!reading) return;
      connection.input.append(buffer.data(), transfer.bytes);
      return Advance(connection);
    case Progress::kWaitReadable:
      return WatchFor(connection, EPOLLIN);
    case Progress::kWaitWritable:
      return WatchFor(connection, EPOLLOUT);
    case Progress::kClosed:
      return Close(connection);
    case Progress::kPlainHttp:
      connection.socket.GiveUpTls();
      return Refuse(connection, 400, "this port speaks HTTPS");
  }
}

void ConnectionLoop::Advance(Connection& connection) {
  if (connection.input.empty()) return;
  HeadResult result = ReadRequestHead(connection.input);
  if (auto* const head = std::get_if<RequestHead>(&result)) {
    connection.input.erase(0, head->bytes);
    HandOver(connection, std::move(*head));
  } else if (const auto* const refused = std::get_if<HeadRefused>(&result)) {
    Refuse(connection, refused->status);
  } else if (!connection.head_begun) {
    connection.head_begun = true;
    connection.deadline = now_ + limits_.head_timeout;
  }
}

void ConnectionLoop::HandOver(Connection& connection, RequestHead head) {
  Unwatch(connection.socket.fd());
  connection.state = Connection::State::kBusy;
  const bool taken = workers_.Submit([this, &connection, head = std::move(head)] {
    const bool close = head.close || stop_asked_;
    const Outcome outcome =
        responder_.Respond(head, close, connection.remote_address, connection.socket);
    GiveBack(connection, outcome);
  });
  if (!taken) {
    Watch(connection.socket.fd(), connection.id);
    connection.events = EPOLLIN;
    Refuse(connection, 503);
  }
}

// By a worker, which may not touch the connection after it. The loop need not be woken for one that
// waits for its next request, which wakes it anyway.
void ConnectionLoop::GiveBack(Connection& connection, Outcome outcome) {
  const bool waits =
      outcome == Outcome::kKeep && connection.input.empty() && !connection.socket.has_buffered();
  {
    const MutexLock lock(mutex_);
    answered_.emplace_back(connection.id, outcome);
    Watch(connection.socket.fd(), connection.id);
  }
  if (!waits || stop_asked_) Wake();
}

void ConnectionLoop::TakeBack() {
  std::vector<std::pair<uint64_t, Outcome>> answered;
  {
    const MutexLock lock(mutex_);
    answered.swap(answered_);
  }
  for (const auto& [id, outcome] : answered) {
    Connection& connection = *connections_.at(id);
    connection.events = EPOLLIN;
    switch (outcome) {
      case Outcome::kKeep:
        ReadAgain(connection);
        break;
      case Outcome::kClose:
        Drain(connection);
        break;
      case Outcome::kBroken:
        Close(connection);
        break;
    }
  }
}

void ConnectionLoop::ReadAgain(Connection& connection) {
  if (stopping_) return Drain(connection);
  connection.state = Connection::State::kReading;
  connection.head_begun = false;
  connection.turn = ++last_turn_;
  connection.deadline = now_ + limits_.idle_timeout;
  // A pipelined request may be there already, here or inside of TLS.
  if (connection.socket.has_buffered()) return ReadFrom(connection);
  Advance(connection);
}

void ConnectionLoop::Refuse(Connection& connection, int status, std::string_view detail) {
  if (connection.socket.in_handshake()) return Close(connection);  // it could not understand
  // Fits the empty buffer of a socket; a client that has filled it does not read its responses.
  connection.socket.Write(CannedResponse(status, detail));
  Drain(connection);
}

void ConnectionLoop::Drain(Connection& connection) {
  connection.socket.EndWriting();
  connection.state = Connection::State::kDraining;
  connection.input.clear();
  connection.turn = ++last_turn_;
  connection.deadline = now_ + kDrainTime;
  if (Count(Connection::State::kDraining) > kMaxDraining) {
    Close(*Oldest(Connection::State::kDraining));
  }
}

void ConnectionLoop::Close(Connection& connection) {
  connections_.erase(connection.id);  // closing the descriptor also ends its watch
}

void ConnectionLoop::Expire() {
  if (stopping_ && now_ >= cut_off_) CutOffWorkers();
  if (!accepting_ && !stopping_ && now_ >= accept_again_) ResumeAccepting();
  std::vector<Connection*> expired;
  for (const auto& [id, connection] : connections_) {
    if (connection->state != Connection::State::kBusy && now_ >= connection->deadline) {
      expired.push_back(connection.get());
    }
  }
  for (Connection* const connection : expired) {
    if (connection->state == Connection::State::kReading && connection->head_begun) {
      Refuse(*connection, 408);
    } else {
      Close(*connection);
    }
  }
}

void ConnectionLoop::Beat() {
  if (!heartbeat_.beat || now_ < next_beat_) return;
  heartbeat_.beat();
  next_beat_ = now_ + heartbeat_.interval;
}

Connection* ConnectionLoop::Oldest(Connection::State state) {
  Connection* oldest = nullptr;
  for (const auto& [id, connection] : connections_) {
    if (connection->state != state) continue;
    if (oldest == nullptr || connection->turn < oldest->turn) oldest = connection.get();
  }
  return oldest;
}

size_t ConnectionLoop::Count(Connection::State state) const {
  return static_cast<size_t>(std::ranges::count_if(
      connections_, [state](const auto& entry) { return entry.second->state == state; }));
}

void ConnectionLoop::BeginStopping() {
  stopping_ = true;
  cut_off_ = now_ + limits_.stop_grace;
  for (const Listener& listener : listeners_) Unwatch(listener.fd());
  listeners_.clear();
  std::erase_if(connections_, [](const auto& entry) {
    return entry.second->state == Connection::State::kReading;
  });
}

void ConnectionLoop::CutOffWorkers() {
  cut_off_ = SteadyTime::max();
  for (const auto& [id, connection] : connections_) {
    if (connection->state == Connection::State::kBusy) connection->socket.Abort();
  }
}

}  // namespace xplenty
