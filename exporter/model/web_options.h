#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace xplenty {

// The TLS settings of the HTTP server. The three texts are PEM (RFC 7468).
struct TlsOptions {
  std::string certificate{};  // The server's certificate first, then its issuers.
  Secret key{};
  std::string client_ca{};           // The authorities of clients; empty: there are none.
  bool request_client_cert = false;  // The server asks the client for a certificate.
  bool require_client = false;       // The server refuses a client without one.
  bool verify_client = false;        // A client's certificate must come from client_ca.
  // The names (SAN, RFC 5280) of which a client's certificate needs one; empty: any name will do.
  std::vector<std::string> allowed_sans{};
  int min_minor = 2;  // The lowest version is TLS 1.min_minor; 0 to 3.
  int max_minor = 3;  // The highest one; not below min_minor.
  // IANA's names of cipher suites; empty: OpenSSL's default. The suites of TLS 1.3 are always on.
  std::vector<std::string> cipher_suites{};
  std::vector<std::string> groups{};  // Curves, such as "P-256"; empty: OpenSSL's default.
  bool prefer_server_ciphers = true;
};

// A limit on the rate of requests, of all clients together.
struct RequestLimit {
  std::chrono::nanoseconds interval{};  // One request is let through each; 0: there is no limit.
  int burst = 0;                        // So many may come at once; at least 1 if there is a limit.
};

// The rules of the HTTP server that need no TLS.
struct WebRules {
  // The headers of each response that does not set them itself.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::map<std::string, std::string> users{};  // bcrypt hashes by name; empty: no basic auth.
  RequestLimit rate_limit{};
};

}  // namespace xplenty
