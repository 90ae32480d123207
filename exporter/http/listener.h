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
  // Binds `host:port`, `[::1]:port` or `:port` (all IPv6 and IPv4 addresses); port 0 takes a free
  // port. A host name is bound to its first usable address. A port in use is an error, even if
  // another exporter uses it. Errors name the address and the system's reason.
  static Result<Listener> Bind(std::string_view address);

  // Takes the listening socket that a service manager passed as `descriptor` (sd_listen_fds(3)).
  static Result<Listener> Inherit(int descriptor);

  const std::string& address() const { return address_; }  // as bound: "127.0.0.1:10740"
  int fd() const { return descriptor_.get(); }

 private:
  Listener(FileDescriptor descriptor, std::string address);

  FileDescriptor descriptor_;
  std::string address_;
};

// Returns the numeric address without its port: "127.0.0.1", "fe80::1%eth0". An IPv4 client of a
// dual-stack socket is returned as IPv4; other families are "unknown".
std::string AddressWithoutPort(const sockaddr* address);

}  // namespace xplenty
