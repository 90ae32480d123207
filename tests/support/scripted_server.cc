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

  const int fd;

 private:
  SSL* ssl_{};
  bool ok_{true};
};

ScriptedServer::ScriptedServer(std::vector<Reply> replies, const SelfSigned* certificate)
    : replies_(std::move(replies)) {
  if (certificate != nullptr) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write cannot ask for MSG_NOSIGNAL
    tls_ = std::make_unique<TlsContext>(*certificate);
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_event_ = eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

ScriptedServer::~ScriptedServer() {
  eventfd_write(stop_event_, 1);
  thread_.join();
  close(stop_event_);
  close(listener_);
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
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (requests_.size() < count) {
    if (read_one_.wait_until(lock, deadline) == std::cv_status::timeout) return false;
  }
  return true;
}

bool ScriptedServer::WaitReadable(int fd) const {
  std::array<pollfd, 2> fds = {{{.fd = fd, .events = POLLIN, .revents = 0},
                                {.fd = stop_event_, .events = POLLIN, .revents = 0}}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
  }
  return fds[1].revents == 0;
}

void ScriptedServer::Serve() {
  while (WaitReadable(listener_)) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    Connection connection(fd, tls_.get());
    if (connection.ok()) Talk(connection);
  }
}

void ScriptedServer::Talk(Connection& connection) {
  std::string head;
  while (connection.HasBuffered() || WaitReadable(connection.fd)) {
    if (!connection.Read(head)) return;
    if (!head.ends_with("\r\n\r\n")) continue;
    size_t index = 0;
    {
      const MutexLock lock(mutex_);
      index = requests_.size();
      requests_.push_back(std::exchange(head, {}));
    }
    read_one_.notify_all();
    if (index >= replies_.size()) return;
    const Reply& reply = replies_[index];
    if (!connection.Write(reply.bytes) || reply.then == Then::kClose) return;
    if (reply.then == Then::kHang) {
      WaitReadable(connection.fd);  // the peer's end of it, or a stop
      return;
    }
  }
}

}  // namespace xplenty
