#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/logger.h"
#include "web/http_message.h"
#include "web/request_head.h"
#include "web/socket.h"
#include "web/web_policy.h"

namespace xplenty {

struct ResponderLimits {
  std::chrono::milliseconds write_timeout{};  // from the first byte of a response to its last
  size_t password_checks = 1;                 // requests that wait for one; more get a 503
};

// Answers vetted requests: the policy says to whom, cpp-httplib decodes the target and writes the
// response, the handler of the path makes it. Safe from any thread; `logger` must outlive it.
class Responder {
 public:
  enum class Outcome {
    kKeep,    // the connection can carry another request
    kClose,   // answered; the connection is to be closed
    kBroken,  // the response could not be written whole
  };

  Responder(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger);
  ~Responder();
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  // Calls the handler and writes its response. `close` announces the end of the connection.
  Outcome Respond(const RequestHead& head, bool close, const std::string& remote_address,
                  Socket& socket) const;

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace xplenty
