#include "unit/http/ipv6_loopback.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file_descriptor.h"

namespace xplenty {

bool HasIpv6Loopback() {
  const FileDescriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace xplenty
