// Serves the jobs API for benchmarks: an account of any size, as fast as its rows can be written.
// It has only finished jobs, sorts ascending only, and does not check the key.
//
//   GET /ACCOUNT/api/jobs?sort=updated_at|id&direction=asc&limit=N&offset=N&since=TIME&status=NAME
//   POST /change?n=10    ten jobs finish now
//   GET /stats           {"jobs": N, "requests": N} since the start; only requests for pages count
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "bench/flags.h"
#include "bench/job_rows.h"

namespace xplenty::bench {
namespace {

constexpr size_t kMaxHeadBytes = 16'384;

// The value of a query parameter of the request target; empty if it is absent.
std::string_view Parameter(std::string_view target, std::string_view name) {
  size_t at = target.find('?');
  while (at != std::string_view::npos) {
    const std::string_view rest = target.substr(at + 1);
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return pair.substr(name.size() + 1);
    }
    at = end == std::string_view::npos ? end : at + 1 + end;
  }
  return {};
}

int64_t NumberOr(std::string_view text, int64_t otherwise) {
  return text.empty() ? otherwise : std::stoll(std::string(text));
}

// Decodes colons, the only characters that the exporter encodes.
std::string Decode(std::string_view text) {
  std::string decoded(text);
  for (size_t at = decoded.find("%3A"); at != std::string::npos; at = decoded.find("%3A")) {
    decoded.replace(at, 3, ":");
  }
  return decoded;
}

std::string Response(std::string_view status, std::string_view body) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::string response = "HTTP/1.1 ";
  response.append(status).append("\r\nDate: ").append(FormatHttpDate(now));
  response.append("\r\nContent-Type: application/json\r\nContent-Length: ");
  return response.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

class PageServer {
 public:
  PageServer(const JobRows::Options& rows, std::chrono::microseconds latency)
      : rows_(rows), latency_(latency) {}

  // `line` is the request line: method, target, version.
  std::string Handle(std::string_view line) try {
    const bool post = line.starts_with("POST ");
    const size_t begin = line.find(' ') + 1;
    const std::string_view target = line.substr(begin, line.find(' ', begin) - begin);
    if (post && target.starts_with("/change")) return Change(target);
    if (!post && target == "/stats") return Stats();
    if (!post && target.find("/api/jobs?") != std::string_view::npos) return Page(target);
    return Response("404 Not Found", "{\"message\":\"no such path\"}");
  } catch (const std::logic_error&) {
    return Response("422 Unprocessable Entity", "{\"message\":\"a parameter is no number\"}");
  }

 private:
  std::string Change(std::string_view target) {
    const std::lock_guard lock(mutex_);
    rows_.Finish(NumberOr(Parameter(target, "n"), 1), time(nullptr));
    return Response("200 OK", "{}");
  }

  std::string Stats() {
    const std::lock_guard lock(mutex_);
    return Response("200 OK", "{\"jobs\": " + std::to_string(rows_.size()) +
                                  ", \"requests\": " + std::to_string(requests_) + "}");
  }

  // Rows are written outside the lock. Finish() may make the list longer meanwhile, but a copy of
  // its few numbers is cheap.
  std::string Page(std::string_view target) {
    std::this_thread::sleep_for(latency_);
    const JobRows rows = [this] {
      const std::lock_guard lock(mutex_);
      ++requests_;
      return rows_;
    }();
    if (Parameter(target, "direction") != "asc") {
      return Response("422 Unprocessable Entity", "{\"message\":\"ascending order only\"}");
    }
    // All jobs have finished, so a listing of any other status is empty.
    if (!Parameter(target, "status").empty()) return Response("200 OK", "[]");
    int64_t first = 0;
    if (const std::string since = Decode(Parameter(target, "since")); !since.empty()) {
      const auto time = ParseIso8601(since);
      if (!time) return Response("422 Unprocessable Entity", "{\"message\":\"since\"}");
      first = rows.FirstSince(time->time_since_epoch().count());
    }
    first = std::min(first + NumberOr(Parameter(target, "offset"), 0), rows.size());
    const int64_t limit = std::clamp<int64_t>(NumberOr(Parameter(target, "limit"), 100), 1, 100);
    const int64_t end = std::min(first + limit, rows.size());
    std::string body = "[";
    for (int64_t number = first; number < end; ++number) {
      if (number > first) body += ',';
      rows.AppendJson(number, body);
    }
    return Response("200 OK", body += ']');
  }

  std::mutex mutex_;
  JobRows rows_;
  const std::chrono::microseconds latency_;
  int64_t requests_ = 0;
};

bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// Answers requests without bodies until the client closes the connection.
void Serve(int socket, PageServer& server) {
  std::string head;
  std::array<char, 4096> part{};
  while (true) {
    const size_t end = head.find("\r\n\r\n");
    if (end != std::string::npos) {
      if (!SendAll(socket, server.Handle(std::string_view(head).substr(0, head.find('\r'))))) break;
      head.erase(0, end + 4);
      continue;
    }
    const ssize_t count = recv(socket, part.data(), part.size(), 0);
    if (count <= 0 || head.size() > kMaxHeadBytes) break;
    head.append(part.data(), static_cast<size_t>(count));
  }
  close(socket);
}

int Listen(uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof(address));
  socklen_t size = sizeof(generic);
  if (listener < 0 || bind(listener, &generic, size) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, &generic, &size) != 0) {
    throw std::runtime_error(std::string("cannot listen: ") + std::strerror(errno));
  }
  std::memcpy(&address, &generic, sizeof(address));
  port = ntohs(address.sin_port);
  return listener;
}

int Run(const Flags& flags) {
  const JobRows::Options rows{.jobs = flags.Count<int64_t>("--jobs", 0, 1e9),
                              .packages = flags.Count<int64_t>("--packages", 1, 1e6),
                              .clusters = flags.Count<int64_t>("--clusters", 1, 1e6),
                              .span_seconds = flags.Count<int64_t>("--span-seconds", 1, 1e9),
                              // The last minutes are left free for jobs that finish later.
                              .newest = time(nullptr) - 600};
  const double latency = flags.Number("--latency-ms", 0, 60'000);
  PageServer server(rows, std::chrono::microseconds(static_cast<int64_t>(latency * 1000)));
  uint16_t port = 0;
  const int listener = Listen(port);
  std::cerr << "Listening on address=127.0.0.1:" << port << std::endl;
  while (true) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    std::thread([socket, &server] { Serve(socket, server); }).detach();  // it ends with the process
  }
}

}  // namespace
}  // namespace xplenty::bench

int main(int argc, char** argv) try {
  return xplenty::bench::Run({argc,
                              argv,
                              {{"--jobs", "1000"},
                               {"--packages", "10"},
                               {"--clusters", "3"},
                               {"--span-seconds", "72000"},  // over which the jobs were updated
                               {"--latency-ms", "0"}}});
} catch (const std::exception& error) {
  std::cerr << "page_server: " << error.what() << '\n';
  return 1;
}
