#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace xplenty {

// The file of --web.config.file, in the format of Prometheus' exporter-toolkit.
struct WebConfig {
  struct Tls {
    std::string cert_file;  // one of each pair, or neither; the file goes before the text
    std::string cert;       // PEM, as are the next two
    std::string key_file;
    Secret key;
    std::string client_ca_file;
    std::string client_ca;
    bool ask_client = false;                // for a certificate,
    bool require_client = false;            // refuse the client without one,
    bool verify_client = false;             // and check it against the client CAs
    std::vector<std::string> allowed_sans;  // empty: any
    int min_minor = 2;                      // TLS 1.min_minor is the lowest version, 0 to 3
    int max_minor = 3;
    std::vector<std::string> cipher_suites;  // IANA's names, TLS 1.3's among them; empty: default
    std::vector<std::string> groups;         // "P-256" and so on; empty: default
    bool prefer_server_ciphers = true;
  };

  bool tls_enabled = false;
  std::string tls_place;  // "PATH:LINE:COLUMN" of tls_server_config, for errors in what it names
  Tls tls;
  bool http2_asked = false;  // by a line of the file; HTTP/2 is not served
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;        // bcrypt hashes by name; empty: no basic auth
  std::chrono::nanoseconds rate_limit_interval{};  // one request each; 0: no limit
  int rate_limit_burst = 0;
};

// `text` is the file's content, `path` where it is: relative paths are taken from its folder.
// Checks everything but the files that it names. Errors are "PATH:LINE:COLUMN: what".
Result<WebConfig> ParseWebConfig(std::string_view text, const std::string& path);

}  // namespace xplenty
