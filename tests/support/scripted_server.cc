#include "support/scripted_server.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/self_signed.h"

namespace xplenty {

struct ScriptedServer::TlsContext {
  explicit TlsContext(const SelfSigned& identity) {
    const auto reader = [](const std::string& pem) {
      return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    };
    BIO* certificate_pem = reader(identity.certificate);
    BIO* key_pem = reader(identity.key);
    X509* certificate = PEM_read_bio_X509(certificate_pem, nullptr, nullptr, nullptr);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(key_pem, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    X509_free(certificate);
    BIO_free(key_pem);
    BIO_free(certificate_pem);
  }
  ~TlsContext() { SSL_CTX_free(context); }
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
};

class ScriptedServer::Connection {
 public:
  Connection(int socket, TlsContext* tls) : fd(socket) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls->context);
    SSL_set_fd(ssl_, fd);
    ok_ = SSL_accept(ssl_) == 1;
  }
  ~Connection() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    close(fd);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool ok() const { return ok_; }
  bool HasBuffered() const { return ssl_ != nullptr && SSL_pending(ssl_) > 0; }

  bool Read(std::string& text) {
    std::array<char, 4096> bytes{};
    const long got = ssl_ != nullptr ? SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                     : recv(fd, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    text.append(bytes.data(), static_cast<size_t>(got));
    return true;
  }

  bool Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const long sent = ssl_ != nullptr
                            ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                            : send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // Lets the following close send a reset.
  void Reset() const {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }

  const int fd;

 private:
  SSL* ssl_{};
  bool ok_{true};
};

// Sends the replies in their order, then closes the connection.
class ScriptedServer::Script final : public Handler {
 public:
  explicit Script(std::vector<Reply> replies) : replies_(std::move(replies)) {}
  Reply Handle(const std::string& /*head*/) override {
    if (next_ == replies_.size()) return {.bytes = "", .then = Then::kClose};
    return replies_[next_++];
  }

 private:
  const std::vector<Reply> replies_;
  size_t next_{};
};

ScriptedServer::ScriptedServer(Handler& handler) : handler_(handler) {
  Start();
}

ScriptedServer::ScriptedServer(std::vector<Reply> replies, const SelfSigned* certificate)
    : script_(std::make_unique<Script>(std::move(replies))), handler_(*script_) {
  if (certificate != nullptr) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write cannot ask for MSG_NOSIGNAL
    tls_ = std::make_unique<TlsContext>(*certificate);
  }
  Start();
}

void ScriptedServer::Start() {
  wake_event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  Listen();
  thread_ = std::thread([this] { Serve(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wake_event_, 1);
  changed_.notify_all();
  thread_.join();
  close(wake_event_);
  if (placeholder_ >= 0) close(placeholder_);
  if (listener_ >= 0) close(listener_);
}

// Two sockets may be bound to the port at a time; only the one that listens gets connections.
int ScriptedServer::Bind(uint16_t port) const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
      bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    std::abort();
  }
  return fd;
}

void ScriptedServer::Listen() {
  listener_ = Bind(port_);
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  if (listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
}

void ScriptedServer::GoAway() {
  if (gone_) return;
  placeholder_ = Bind(port_);
  close(std::exchange(listener_, -1));
  gone_ = true;
  changed_.notify_all();
}

// Waits while the server is away. Returns false if it has to stop.
bool ScriptedServer::Stay() {
  MutexLock lock(mutex_);
  if (away_) GoAway();
  while (away_ && !stopping_) changed_.wait(lock);
  if (stopping_) return false;
  eventfd_t ignored{};
  eventfd_read(wake_event_, &ignored);
  if (gone_) {
    Listen();
    close(std::exchange(placeholder_, -1));
    gone_ = false;
    changed_.notify_all();
  }
  return true;
}

void ScriptedServer::Leave() {
  MutexLock lock(mutex_);
  away_ = true;
  eventfd_write(wake_event_, 1);
  while (!gone_) changed_.wait(lock);
}

void ScriptedServer::Return() {
  MutexLock lock(mutex_);
  eventfd_write(wake_event_, 1);
  away_ = false;
  changed_.notify_all();
  while (gone_) changed_.wait(lock);
}

std::string ScriptedServer::Url() const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::vector<std::string> ScriptedServer::requests() const {
  const MutexLock lock(mutex_);
  return requests_;
}

bool ScriptedServer::WaitForRequests(size_t count) const {
  MutexLock lock(mutex_);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  while (requests_.size() < count) {
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return false;
  }
  return true;
}

bool ScriptedServer::WaitReadable(int fd) const {
  std::array<pollfd, 2> fds = {{{.fd = fd, .events = POLLIN, .revents = 0},
                                {.fd = wake_event_, .events = POLLIN, .revents = 0}}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
  }
  return fds[1].revents == 0;
}

void ScriptedServer::Drip(Connection& connection) const {
  constexpr int kPauseMs = 10;
  std::array<pollfd, 2> fds = {{{.fd = connection.fd, .events = POLLIN, .revents = 0},
                                {.fd = wake_event_, .events = POLLIN, .revents = 0}}};
  while (poll(fds.data(), fds.size(), kPauseMs) == 0 && connection.Write(" ")) {
  }
}

void ScriptedServer::Serve() {
  while (Stay()) {
    while (WaitReadable(listener_)) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections_;
      Connection connection(fd, tls_.get());
      if (connection.ok()) Talk(connection);
      const MutexLock lock(mutex_);
      if (gone_) break;
    }
  }
}

void ScriptedServer::Talk(Connection& connection) {
  std::string head;
  while (connection.HasBuffered() || WaitReadable(connection.fd)) {
    if (!connection.Read(head)) return;
    if (!head.ends_with("\r\n\r\n")) continue;
    {
      const MutexLock lock(mutex_);
      requests_.push_back(head);
    }
    changed_.notify_all();
    const Reply reply = handler_.Handle(std::exchange(head, {}));
    if (reply.then == Then::kLeave) {
      const MutexLock lock(mutex_);
      away_ = true;
      GoAway();
    }
    if (!connection.Write(reply.bytes)) return;
    switch (reply.then) {
      case Then::kKeepOpen:
        continue;
      case Then::kClose:
      case Then::kLeave:
        return;
      case Then::kReset:
        return connection.Reset();
      case Then::kHang:
        WaitReadable(connection.fd);  // until the peer closes or Leave() or the end of this
        return;
      case Then::kDrip:
        return Drip(connection);
    }
  }
}

}  // namespace xplenty
