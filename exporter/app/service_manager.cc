#include "app/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file_descriptor.h"

namespace xplenty {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? std::string() : std::string(value);
}

// 0 for what is no number.
int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

bool IsForThisProcess(const char* name) {
  return NumberOf(Environment(name)) == ::getpid();
}

}  // namespace

ServiceManager::ServiceManager() : notify_socket_(Environment("NOTIFY_SOCKET")) {
  constexpr int64_t kMostSockets = 64;
  if (IsForThisProcess("LISTEN_PID")) {
    const int64_t sockets = NumberOf(Environment("LISTEN_FDS"));
    if (sockets > 0 && sockets <= kMostSockets) sockets_ = static_cast<int>(sockets);
  }
  const bool watched = Environment("WATCHDOG_PID").empty() || IsForThisProcess("WATCHDOG_PID");
  const std::chrono::microseconds watchdog(NumberOf(Environment("WATCHDOG_USEC")));
  if (watched && watchdog.count() > 0) {
    ping_interval_ = std::max(std::chrono::milliseconds(1),
                              std::chrono::duration_cast<std::chrono::milliseconds>(watchdog / 2));
  }
}

void ServiceManager::Notify(std::string_view state) const {
  sockaddr_un address{};
  if (notify_socket_.empty() || notify_socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, notify_socket_.data(), notify_socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + notify_socket_.size());
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), size);
}

void ServiceManager::NotifyReloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());  // CLOCK_MONOTONIC
  Notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

}  // namespace xplenty
