#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "web/socket.h"

namespace xplenty {

// One client. The connection loop owns it; while it is kBusy, a worker uses the socket.
struct Connection {
  enum class State {
    kReading,   // no complete request head yet
    kBusy,      // a worker is answering a request
    kDraining,  // the last response is out; what still comes in is thrown away until the peer
                // closes, for closing first would reset the connection and lose the response
  };

  Connection(uint64_t its_id, Socket its_socket, std::string its_remote_address)
      : id(its_id),
        remote_address(std::move(its_remote_address)),
        socket(std::move(its_socket)),
        in_handshake(socket.in_handshake()) {}

  const uint64_t id;
  const std::string remote_address;
  Socket socket;

  // Of the connection loop alone:
  State state = State::kReading;
  std::string input;        // received and not consumed
  bool head_begun = false;  // a first byte of the next head is there
  bool in_handshake;        // of TLS
  uint32_t events = 0;      // what epoll watches the socket for
  uint64_t turn = 0;        // grows with each change of state, of any connection
  SteadyTime deadline{};    // when it ends at the latest, unless kBusy
};

}  // namespace xplenty
