#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "http/http_message.h"
#include "http/rate_limiter.h"
#include "http/tls_context.h"

namespace xplenty {

// Who may use the server, and how it responds. Immutable.
struct WebPolicy {
  std::shared_ptr<const TlsContext> tls{};     // of new connections; null: plain HTTP
  HttpFields headers{};                        // of each response that does not set its own
  std::map<std::string, std::string> users{};  // bcrypt hashes by name; empty: no basic auth
  RequestLimit rate_limit{};
};

// Returns the current policy, never null. Called for each accepted connection and each request;
// must be fast and safe from any thread.
using PolicySource = std::function<std::shared_ptr<const WebPolicy>()>;

}  // namespace xplenty
