#include "simulator/http_server.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <zlib.h>

#include "base/mutex.h"
#include "simulator/connection_threads.h"

namespace xplenty::simulator {
namespace {

constexpr int kWaitingConnections = 1024;
constexpr size_t kRequestsPerConnection = 1000;
constexpr int kPatienceMilliseconds = 600'000;  // with an idle or slow client

bool Wait(int socket, short events, int milliseconds) {
  pollfd waiting{.fd = socket, .events = events, .revents = 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

// Used instead of the library's stream, so that an idle connection ends when the server stops, and
// a connection can be closed before its response.
class SocketStream final : public httplib::Stream {
 public:
  explicit SocketStream(int socket) : socket_(socket) {}

  bool WaitForRequest() const {
    return next_ < filled_ || Wait(socket_, POLLIN, kPatienceMilliseconds);
  }

  bool is_readable() const override { return Wait(socket_, POLLIN, kPatienceMilliseconds); }
  bool is_writable() const override { return Wait(socket_, POLLOUT, kPatienceMilliseconds); }

  ssize_t read(char* target, size_t size) override {
    if (next_ == filled_) {
      if (!is_readable()) return -1;
      const ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (count <= 0) return count;
      next_ = 0;
      filled_ = static_cast<size_t>(count);
    }
    const size_t count = std::min(size, filled_ - next_);
    std::copy_n(buffer_.data() + next_, count, target);
    next_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (!is_writable()) return -1;
    return send(socket_, bytes, size, MSG_NOSIGNAL);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    // The port identifies the connection for the handler, see ConnectionServer.
    ip = "client";
    port = socket_;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return socket_; }

 private:
  int socket_;
  std::array<char, 8192> buffer_{};
  size_t next_ = 0;
  size_t filled_ = 0;
};

// Keeps a list of its connections, so that it can end them.
class ConnectionServer final : public httplib::Server {
 public:
  // Ends the connection of a request whose response is being made.
  void Drop(const httplib::Request& request) { shutdown(request.remote_port, SHUT_RDWR); }

  void CloseAfterResponse(const httplib::Request& request) {
    const MutexLock lock(mutex_);
    connections_[request.remote_port] = true;
  }

  void DropAll() {
    const MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& [socket, last] : connections_) shutdown(socket, SHUT_RDWR);
  }

 private:
  using Setup = std::function<void(httplib::Request&)>;
  // process_request() has one of these two signatures, depending on the version of the library.
  using Short = bool (httplib::Server::*)(httplib::Stream&, bool, bool&, const Setup&);
  using Long = bool (httplib::Server::*)(httplib::Stream&, const std::string&, int,
                                         const std::string&, int, bool, bool&, const Setup&);

  bool Process(Short method, SocketStream& stream, bool last, bool& closed) {
    return (this->*method)(stream, last, closed, nullptr);
  }
  bool Process(Long method, SocketStream& stream, bool last, bool& closed) {
    return (this->*method)(stream, "client", stream.socket(), "", 0, last, closed, nullptr);
  }

  bool process_and_close_socket(socket_t socket) override {
    if (Open(socket)) Serve(socket);
    const MutexLock lock(mutex_);
    connections_.erase(socket);
    shutdown(socket, SHUT_RDWR);
    close(socket);
    return true;
  }

  void Serve(int socket) {
    SocketStream stream(socket);
    for (size_t left = kRequestsPerConnection; left > 0; --left) {
      if (!stream.WaitForRequest()) return;
      bool closed = false;
      if (!Process(&ConnectionServer::process_request, stream, left == 1, closed)) return;
      if (closed || IsLast(socket)) return;
    }
  }

  bool Open(int socket) {
    const MutexLock lock(mutex_);
    connections_[socket] = false;
    return !stopping_;
  }

  bool IsLast(int socket) {
    const MutexLock lock(mutex_);
    return stopping_ || connections_[socket];
  }

  Mutex mutex_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::map<int, bool> connections_
      GUARDED_BY(mutex_);  // by socket: whether the current response is its last
};

// Returns whether gzip is listed, and not with q=0.
bool AcceptsGzip(const std::string& header) {
  size_t begin = 0;
  while (begin < header.size()) {
    const size_t end = std::min(header.find(',', begin), header.size());
    std::string coding;
    for (const char c : header.substr(begin, end - begin)) {
      if (c != ' ') coding += c;
    }
    if (coding == "gzip" ||
        (coding.starts_with("gzip;q=") && coding.find_first_not_of("0.", 7) != std::string::npos)) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string input = text;  // zlib takes a mutable pointer
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

HttpRequest Convert(const httplib::Request& request) {
  HttpRequest converted{.method = request.method,
                        .path = request.path,
                        .query = "",
                        .parameters = {request.params.begin(), request.params.end()},
                        .authorization = request.get_header_value("Authorization"),
                        .accept = request.get_header_value("Accept"),
                        .accept_encoding = request.get_header_value("Accept-Encoding"),
                        .host = request.get_header_value("Host"),
                        .user_agent = request.get_header_value("User-Agent"),
                        .body = request.body};
  const size_t mark = request.target.find('?');
  if (mark != std::string::npos) converted.query = request.target.substr(mark + 1);
  return converted;
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(Handler handler) : handler_(std::move(handler)) {
    server_.new_task_queue = [] { return new ConnectionThreads; };
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(
        kRequestsPerConnection);  // only for the response header: Serve() counts
    server_.set_keep_alive_timeout(kPatienceMilliseconds / 1000);
    server_.set_payload_max_length(256U << 20U);
    // The library would set SO_REUSEPORT, but a port in use must be an error.
    server_.set_socket_options([this](socket_t socket) {
      listener_ = socket;
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    server_.set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      const bool control = in.path.starts_with("/_");
      if (in.method == "GET" || in.method == "HEAD" ||
          (control && (in.method == "POST" || in.method == "DELETE"))) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      // The connection has to close, as a body may follow that nobody will read.
      server_.CloseAfterResponse(in);
      out.set_header("Connection", "close");
      Handle(in, out);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto response = [this](const httplib::Request& in, httplib::Response& out) {
      Handle(in, out);
    };
    server_.Get("/.*", response).Post("/.*", response).Delete("/.*", response);
  }

  ~Impl() { Stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool Start(const std::string& host, int port) {
    const std::string address = host.empty() ? "0.0.0.0" : host;
    if (port == 0) {
      port_ = server_.bind_to_any_port(address);
    } else if (server_.bind_to_port(address, port)) {
      port_ = port;
    }
    if (port_ <= 0) return false;
    // The library's backlog of five is too short for many connections at once.
    listen(listener_, kWaitingConnections);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())
      std::this_thread::yield();  // an earlier stop() would have no effect
    return true;
  }

  void Stop() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    server_.DropAll();
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  int port() const { return port_; }

 private:
  void Handle(const httplib::Request& in, httplib::Response& out) {
    const HttpRequest request = Convert(in);
    HttpResponse response = handler_(request);
    if (response.no_response) {
      server_.Drop(in);
      return;
    }
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.set_header(name, value);
    response.body.insert(0, response.leading_spaces, ' ');
    if (!response.body.empty() && AcceptsGzip(request.accept_encoding)) {
      response.body = Gzip(response.body);
      out.set_header("Content-Encoding", "gzip");
    }
    // A provider's body is sent as it is; set_content() would compress it, preferably with brotli.
    const size_t size = response.body.size();
    if (size == 0) return;
    if (response.cut_after) response.cut_after = std::min(*response.cut_after, size / 2);
    out.set_content_provider(
        size, response.content_type,
        [this, body = std::move(response.body), cut = response.cut_after, drip = response.drip](
            size_t offset, size_t, httplib::DataSink& sink) {
          size_t end = cut.value_or(body.size());
          if (offset >= end) return false;
          if (drip.count() > 0) {
            if (StopsWithin(drip)) return false;
            end = offset + 1;
          }
          return sink.write(body.data() + offset, end - offset) && end > offset;
        });
  }

  bool StopsWithin(std::chrono::milliseconds pause) {
    MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + pause;
    while (!stopping_) {
      if (changed_.wait_until(lock, until) == std::cv_status::timeout) break;
    }
    return stopping_;
  }

  Handler handler_;
  ConnectionServer server_;
  int port_ = 0;
  int listener_ = -1;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(const std::string& host, int port,
                                                       Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(handler));
  if (!impl->Start(host, port)) {
    return Error{ErrorCode::kInvalidArgument,
                 "cannot listen on " + host + ":" + std::to_string(port)};
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const {
  return impl_->port();
}
void HttpServer::Stop() {
  impl_->Stop();
}

}  // namespace xplenty::simulator
