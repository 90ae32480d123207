#pragma once

#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/result.h"

struct sockaddr;

namespace xplenty {

// A bound, listening, non-blocking TCP socket.
class Listener {
 public:
  // `host:port`, `[::1]:port` or `:port` (all addresses, IPv6 and IPv4 alike); port 0 takes a free
  // one. A name is bound to its first address that can be. A port in use is an error, also when
  // another process of ours uses it. Errors name the address and the system's reason.
  static Result<Listener> Bind(std::string_view address);

  // The listening socket that a service manager has handed over as `descriptor`.
  static Result<Listener> Inherit(int descriptor);

  const std::string& address() const { return address_; }  // as bound: "127.0.0.1:10740"
  int fd() const { return descriptor_.get(); }

 private:
  Listener(FileDescriptor descriptor, std::string address);

  FileDescriptor descriptor_;
  std::string address_;
};

// The numeric address without its port: "127.0.0.1", "fe80::1%eth0"; an IPv4 client of a socket
// for both families is shown as IPv4. "unknown" for other families.
std::string AddressWithoutPort(const sockaddr* address);

}  // namespace xplenty
