#pragma once

#include <functional>
#include <memory>

#include "http/tls_context.h"
#include "model/web_options.h"

namespace xplenty {

// Who may use the server, and how it responds. Immutable.
struct WebPolicy {
  std::shared_ptr<const TlsContext> tls{};  // For new connections; null: plain HTTP.
  WebRules rules{};
};

// Returns the current policy, never null. Called for each accepted connection and each request;
// must be fast and safe from any thread.
using PolicySource = std::function<std::shared_ptr<const WebPolicy>()>;

}  // namespace xplenty
