#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "http/socket.h"

namespace xplenty {

// The connection of one client. At any time it is either in use by one thread or armed in the
// ConnectionTable.
struct Connection {
  Connection(uint64_t its_id, Socket its_socket, std::string its_remote_address)
      : id(its_id), remote_address(std::move(its_remote_address)), socket(std::move(its_socket)) {}

  const uint64_t id;
  const std::string remote_address;
  Socket socket;

  std::string input{};      // received, not yet consumed
  bool head_begun = false;  // the first byte of the next head has arrived
  SteadyTime since{};       // accepted, last served or began to linger at this time
  SteadyTime deadline{};    // while armed: when it is closed at the latest

  // Set by the ConnectionTable alone:
  bool lingering = false;  // the last response is out; input is discarded until the peer closes, as
                           // closing first would reset the connection and lose the response
  bool in_use = true;
  bool registered = false;  // with epoll
};

}  // namespace xplenty
