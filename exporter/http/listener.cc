#include "http/listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace xplenty {
namespace {

struct HostAndPort {
  std::string host;  // without brackets; empty: all addresses
  std::string port;
};

std::optional<HostAndPort> Split(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.empty()) return std::nullopt;
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return std::nullopt;
  }
  return HostAndPort{std::string(host), std::to_string(number)};
}

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<AddressList> Resolve(const HostAndPort& at) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const char* host = at.host.empty() ? nullptr : at.host.c_str();
  const int failure = ::getaddrinfo(host, at.port.c_str(), &hints, &list);
  if (failure != 0) return Error{ErrorCode::kInvalidArgument, ::gai_strerror(failure)};
  return AddressList(list, &::freeaddrinfo);
}

std::string LastError() {
  return std::generic_category().message(errno);
}

bool IsAllIpv6(const addrinfo& info) {
  if (info.ai_family != AF_INET6) return false;
  const auto* address = reinterpret_cast<const sockaddr_in6*>(info.ai_addr);
  return IN6_IS_ADDR_UNSPECIFIED(&address->sin6_addr) != 0;
}

Result<FileDescriptor> Open(const addrinfo& info) {
  FileDescriptor socket(
      ::socket(info.ai_family, info.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, info.ai_protocol));
  if (!socket.is_open()) return Error{ErrorCode::kInvalidArgument, LastError()};
  // SO_REUSEADDR alone: with SO_REUSEPORT a second process could share the port unnoticed.
  const int on = 1;
  const int only_ipv6 = IsAllIpv6(info) ? 0 : 1;
  constexpr int kBacklog = 512;
  const bool bound =
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      (info.ai_family != AF_INET6 ||
       ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6) == 0) &&
      ::bind(socket.get(), info.ai_addr, info.ai_addrlen) == 0 &&
      ::listen(socket.get(), kBacklog) == 0;
  if (!bound) return Error{ErrorCode::kInvalidArgument, LastError()};
  return socket;
}

std::string BoundAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  ::getsockname(fd, address, &size);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  ::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                NI_NUMERICHOST | NI_NUMERICSERV);
  const std::string name = host.data();
  return (storage.ss_family == AF_INET6 ? "[" + name + "]" : name) + ":" + port.data();
}

}  // namespace

Listener::Listener(FileDescriptor descriptor, std::string address)
    : descriptor_(std::move(descriptor)), address_(std::move(address)) {}

Result<Listener> Listener::Bind(std::string_view address) {
  const std::string context = "listen on " + std::string(address);
  const std::optional<HostAndPort> at = Split(address);
  if (!at) {
    return Error{ErrorCode::kInvalidArgument, "expected host:port, [address]:port or :port"}.In(
        context);
  }
  const auto list = Resolve(*at);
  if (!list) return list.error().In(context);
  // Without a host, the dual-stack IPv6 socket comes first; otherwise the resolver's order holds.
  Error failure{ErrorCode::kInvalidArgument, "no address"};
  for (const bool all_ipv6 : {true, false}) {
    for (const addrinfo* info = list->get(); info != nullptr; info = info->ai_next) {
      if (IsAllIpv6(*info) != all_ipv6) continue;
      auto opened = Open(*info);
      if (opened) {
        std::string bound = BoundAddress(opened->get());
        return Listener(std::move(*opened), std::move(bound));
      }
      failure = opened.error();
      if (all_ipv6 && errno == EADDRINUSE) return failure.In(context);
    }
  }
  return failure.In(context);
}

Result<Listener> Listener::Inherit(int descriptor) {
  const auto refuse = [descriptor](std::string_view reason) {
    return Error{
        ErrorCode::kInvalidArgument,
        "socket " + std::to_string(descriptor) + " of the service manager: " + std::string(reason)};
  };
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return refuse(LastError());
  FileDescriptor socket(descriptor);
  int listens = 0;
  int domain = 0;
  socklen_t size = sizeof(int);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0 ||
      ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 ||
      (domain != AF_INET && domain != AF_INET6)) {
    return refuse("a listening TCP socket is expected");
  }
  if (::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    return refuse(LastError());
  }
  std::string bound = BoundAddress(descriptor);
  return Listener(std::move(socket), std::move(bound));
}

std::string AddressWithoutPort(const sockaddr* address) {
  sockaddr_in mapped{};
  socklen_t size = sizeof(sockaddr_in);
  if (address->sa_family == AF_INET6) {
    size = sizeof(sockaddr_in6);
    const in6_addr& bytes = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
      mapped.sin_family = AF_INET;
      std::copy(bytes.s6_addr + 12, bytes.s6_addr + 16,
                reinterpret_cast<uint8_t*>(&mapped.sin_addr.s_addr));
      address = reinterpret_cast<const sockaddr*>(&mapped);
      size = sizeof mapped;
    }
  }
  std::array<char, NI_MAXHOST> host{};
  const int failure =
      ::getnameinfo(address, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
  return failure == 0 ? host.data() : "unknown";
}

}  // namespace xplenty
