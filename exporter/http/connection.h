#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "http/socket.h"

namespace xplenty {

// One client. At any time one thread holds it and may use it, or the connection table watches it.
struct Connection {
  Connection(uint64_t its_id, Socket its_socket, std::string its_remote_address)
      : id(its_id), remote_address(std::move(its_remote_address)), socket(std::move(its_socket)) {}

  const uint64_t id;
  const std::string remote_address;
  Socket socket;

  std::string input{};      // received and not consumed
  bool head_begun = false;  // a first byte of the next head is there
  SteadyTime since{};       // it was accepted, last answered or began to drain
  SteadyTime deadline{};    // when it ends at the latest, while it is watched

  // Set by the connection table alone:
  bool draining = false;  // the last response is out; what still comes in is thrown away until the
                          // peer closes: closing first would reset the connection and lose it
  bool held = true;
  bool registered = false;  // with epoll
};

}  // namespace xplenty
