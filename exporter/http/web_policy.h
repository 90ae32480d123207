#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "http/http_message.h"
#include "http/rate_limiter.h"
#include "http/tls_context.h"

namespace xplenty {

// Who is answered, and how. Immutable.
struct WebPolicy {
  std::shared_ptr<const TlsContext> tls{};     // of new connections; null: plain HTTP
  HttpFields headers{};                        // of each response that does not set its own
  std::map<std::string, std::string> users{};  // bcrypt hashes by name; empty: no basic auth
  RequestLimit rate_limit{};
};

// Gives the policy that holds now, never null. Asked for each connection, by the one thread that
// accepts them, and for each request; safe from any thread, and quick.
using PolicySource = std::function<std::shared_ptr<const WebPolicy>()>;

}  // namespace xplenty
