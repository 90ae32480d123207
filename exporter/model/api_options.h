#pragma once

#include <chrono>
#include <string>

namespace xplenty {

// How the API is reached; the same for all accounts.
struct ApiOptions {
  std::string url = "https://api.xplenty.com";  // http or https, no query; a path is a prefix.
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // Of one request, all in all.
  int page_size = 100;                                           // Jobs per request, 1 to 100.
  std::string ca_file{};    // Authorities to trust (PEM); empty: the system's.
  std::string proxy_url{};  // Empty: the environment's HTTPS_PROXY and NO_PROXY hold.
  friend bool operator==(const ApiOptions&, const ApiOptions&) = default;
};

}  // namespace xplenty
