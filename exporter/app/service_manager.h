#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace xplenty {

// The service manager that has started the process, by the protocols that systemd promises to keep:
// sd_notify(3), datagrams to the socket of NOTIFY_SOCKET, and sd_listen_fds(3), sockets from
// descriptor 3 on. They are a few lines, so libsystemd is not linked. Without a service manager
// nothing is sent and there are no sockets. Safe from any thread.
class ServiceManager {
 public:
  static constexpr int kFirstSocket = 3;

  // From the environment, whose wrong values are passed over as systemd's own library does.
  ServiceManager();

  // How many listening sockets it has handed over, from kFirstSocket on.
  int sockets() const { return sockets_; }

  // Half of the time that the watchdog allows between two pings; nothing without a watchdog.
  std::optional<std::chrono::milliseconds> ping_interval() const { return ping_interval_; }

  // "READY=1", "STOPPING=1", "WATCHDOG=1". A message that cannot be sent is lost.
  void Notify(std::string_view state) const;

  // What to say when a reload begins; READY=1 ends it.
  void NotifyReloading() const;

 private:
  const std::string notify_socket_;
  int sockets_ = 0;
  std::optional<std::chrono::milliseconds> ping_interval_;
};

}  // namespace xplenty
