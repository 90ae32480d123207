#include "http/connection_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "http/request_head.h"
#include "http/response_head.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAcceptPause(100);
constexpr int kAcceptsPerRound = 64;

}  // namespace

Result<std::unique_ptr<ConnectionLoop>> ConnectionLoop::Create(
    std::vector<Listener> listeners, ConnectionLimits limits, PolicySource policy,
    Heartbeat heartbeat, Responder& responder, Logger& logger) {
  auto table = ConnectionTable::Create();
  if (!table) return table.error();
  FileDescriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wake.is_open()) {
    return Error{ErrorCode::kInvalidArgument,
                 "wake the server: " + std::generic_category().message(errno)};
  }
  std::unique_ptr<ConnectionLoop> loop(
      new ConnectionLoop(std::move(*table), std::move(wake), std::move(listeners), limits,
                         std::move(policy), std::move(heartbeat), responder, logger));
  if (!loop->workers_.AddWorker())
    return Error{ErrorCode::kInvalidArgument, "no thread to serve with"};
  return loop;
}

ConnectionLoop::ConnectionLoop(std::unique_ptr<ConnectionTable> table, FileDescriptor wake,
                               std::vector<Listener> listeners, ConnectionLimits limits,
                               PolicySource policy, Heartbeat heartbeat, Responder& responder,
                               Logger& logger)
    : table_(std::move(table)),
      wake_(std::move(wake)),
      listeners_(std::move(listeners)),
      limits_(limits),
      policy_(std::move(policy)),
      heartbeat_(std::move(heartbeat)),
      responder_(responder),
      logger_(logger),
      // One more than requests are served at once: it reads what the others are to serve.
      workers_(*table_, limits.max_connections + 1,
               [this](Connection& connection) { ReadFrom(connection); }) {}

void ConnectionLoop::Run() {
  while (!stopping_ || table_->in_use() > 0) {
    Wait();
    now_ = std::chrono::steady_clock::now();
    for (const Listener& listener : listeners_) {
      if (now_ >= accept_again_) Accept(listener);
    }
    Expire();
    NotifyWatchdog();
    if (stop_requested_ && !stopping_) BeginStopping();
  }
  workers_.Stop();
}

void ConnectionLoop::Stop() {
  stop_requested_ = true;
  Wake();
}

void ConnectionLoop::Wake() {
  ::eventfd_write(wake_.get(), 1);
}

void ConnectionLoop::Wait() {
  std::vector<pollfd> watched = {{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  if (now_ >= accept_again_) {
    for (const Listener& listener : listeners_) {
      watched.push_back({.fd = listener.fd(), .events = POLLIN, .revents = 0});
    }
  }
  ::poll(watched.data(), watched.size(), MillisecondsToWait());
  eventfd_t count = 0;
  ::eventfd_read(wake_.get(), &count);
}

int ConnectionLoop::MillisecondsToWait() {
  SteadyTime next = table_->NextDeadline(now_);
  if (now_ < accept_again_) next = std::min(next, accept_again_);
  if (stopping_) next = std::min(next, cut_off_);
  if (heartbeat_.beat) next = std::min(next, next_beat_);
  if (next == SteadyTime::max()) return -1;
  const auto wait = std::chrono::ceil<milliseconds>(next - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(wait, milliseconds(0), milliseconds(60'000)).count());
}

void ConnectionLoop::Accept(const Listener& listener) {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    FileDescriptor socket(::accept4(listener.fd(), generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      AddConnection(std::move(socket), AddressWithoutPort(generic));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return PauseAccepting(errno);
    }  // any other error concerns this one connection only
  }
}

void ConnectionLoop::AddConnection(FileDescriptor socket, std::string remote_address) {
  const int on = 1;  // Nagle's algorithm would delay the end of a response
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const bool room = table_->open() < limits_.max_connections || table_->EvictIdle() ||
                    in_flight_ < limits_.max_connections;
  Connection& connection =
      table_->Add(Socket(std::move(socket), policy_()->tls), std::move(remote_address));
  if (!room) return SendError(connection, 503);
  connection.since = std::chrono::steady_clock::now();
  connection.deadline =
      connection.since +
      (connection.socket.in_handshake() ? limits_.head_timeout : limits_.idle_timeout);
  Arm(connection, EPOLLIN);
}

void ConnectionLoop::PauseAccepting(int reason) {
  logger_.Warn("cannot accept connections", {{"err", std::generic_category().message(reason)},
                                             {"connections", std::to_string(table_->open())}});
  accept_again_ = now_ + kAcceptPause;
  table_->EvictIdle();
}

void ConnectionLoop::Expire() {
  if (stopping_ && now_ >= cut_off_) {
    table_->ShutdownInUse();
    cut_off_ = SteadyTime::max();
  }
  for (Connection* const connection : table_->TakeExpired(now_)) {
    if (connection->head_begun && !connection->lingering) {
      SendError(*connection, 408);
    } else {
      Close(*connection);
    }
  }
}

void ConnectionLoop::NotifyWatchdog() {
  if (!heartbeat_.beat || now_ < next_beat_) return;
  heartbeat_.beat();
  next_beat_ = now_ + heartbeat_.interval;
}

void ConnectionLoop::BeginStopping() {
  stopping_ = true;
  cut_off_ = now_ + limits_.stop_grace;
  listeners_.clear();
  table_->CloseIdle();
}

void ConnectionLoop::ReadFrom(Connection& connection) {
  std::array<char, RequestHead::kMaxBytes> buffer;
  bool again = true;
  while (again) {
    const bool in_handshake = connection.socket.in_handshake();
    const size_t room = buffer.size() - connection.input.size();
    const IoResult result = connection.socket.Read(std::span(buffer).first(room));
    if (in_handshake && !connection.socket.in_handshake()) {
      connection.deadline = std::chrono::steady_clock::now() + limits_.idle_timeout;
    }
    switch (result.progress) {
      case Progress::kMoved:
        if (connection.lingering) return Arm(connection, EPOLLIN);
        connection.input.append(buffer.data(), result.bytes);
        again = Advance(connection);
        break;
      case Progress::kWaitReadable:
        return Arm(connection, EPOLLIN);
      case Progress::kWaitWritable:
        return Arm(connection, EPOLLOUT);
      case Progress::kClosed:
        return Close(connection);
      case Progress::kPlainHttp:
        connection.socket.GiveUpTls();
        return SendError(connection, 400, "this port speaks HTTPS");
    }
  }
}

// Serves the requests that have arrived completely. True if the caller must read again, because TLS
// has buffered more of the next request; otherwise the caller no longer uses the connection.
bool ConnectionLoop::Advance(Connection& connection) {
  while (true) {
    HeadResult result = ReadRequestHead(connection.input);
    if (const auto* const refused = std::get_if<HeadError>(&result)) {
      SendError(connection, refused->status);
      return false;
    }
    auto* const head = std::get_if<RequestHead>(&result);
    if (head == nullptr) break;
    connection.input.erase(0, head->bytes);
    head->request.remote_address = connection.remote_address;
    const bool close = head->close || stop_requested_;
    ++in_flight_;
    const bool written = responder_.Respond(head->request, close, connection.socket);
    --in_flight_;
    if (!written) {
      Close(connection);
      return false;
    }
    if (close || stop_requested_) {
      LingeringClose(connection);
      return false;
    }
    connection.head_begun = false;
    connection.since = std::chrono::steady_clock::now();
    connection.deadline = connection.since + limits_.idle_timeout;
  }
  if (!connection.head_begun && !connection.input.empty()) {
    connection.head_begun = true;
    connection.deadline = std::chrono::steady_clock::now() + limits_.head_timeout;
  }
  if (connection.socket.has_buffered()) return true;
  Arm(connection, EPOLLIN);
  return false;
}

void ConnectionLoop::Arm(Connection& connection, uint32_t events) {
  if (table_->Arm(connection, events) || stop_requested_) Wake();
}

void ConnectionLoop::SendError(Connection& connection, int status, std::string_view detail) {
  if (connection.socket.in_handshake()) return Close(connection);  // no HTTP can be sent yet
  const HttpResponse response = ErrorResponse(status, detail);
  const std::string text = ResponseHead(response, true) + response.body.ToString();
  // The response fits the socket's empty buffer. A client that has filled the buffer does not read
  // its responses anyway.
  const std::string_view part = text;
  connection.socket.Write({&part, 1});
  LingeringClose(connection);
}

void ConnectionLoop::LingeringClose(Connection& connection) {
  connection.socket.EndWriting();
  connection.input.clear();
  connection.since = std::chrono::steady_clock::now();
  connection.deadline = connection.since + limits_.linger_timeout;
  table_->LingeringClose(connection);
  Arm(connection, EPOLLIN);
}

void ConnectionLoop::Close(Connection& connection) {
  table_->Close(connection);
  if (stop_requested_) Wake();
}

}  // namespace xplenty
