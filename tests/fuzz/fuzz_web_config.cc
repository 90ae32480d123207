// The input is the file of --web.config.file.

#include <algorithm>
#include <string>

#include "config/web_config.h"
#include "fuzz/fuzz.h"

namespace xplenty {
namespace {

void CheckTls(const TlsOptions& tls, const WebConfig::TlsFiles& files) {
  Require(!tls.certificate.empty() || !files.certificate.empty(), "TLS has a certificate");
  Require(!tls.key.empty() || !files.key.empty(), "TLS has a key");
  const bool has_ca = !tls.client_ca.empty() || !files.client_ca.empty();
  Require(!has_ca || tls.request_client_cert, "client CAs need client authentication");
  Require(!tls.verify_client || has_ca,
          "client certificates are not verified against the system's CAs");
  Require(tls.allowed_sans.empty() || tls.require_client,
          "allowed names need a client certificate");
  Require(tls.min_minor >= 0 && tls.min_minor <= tls.max_minor && tls.max_minor <= 3,
          "the version range is not empty");
}

void Check(std::string_view text) {
  const auto config = ParseWebConfig(text, "/web.yml");
  if (!config) {
    Require(config.error().message.starts_with("/web.yml:"), "an error names the file");
    return;
  }
  if (config->tls_enabled) CheckTls(config->tls, config->tls_files);
  for (const auto& [name, hash] : config->rules.users) {
    Require(hash.size() == 60 && hash.starts_with("$2"), "a user has a bcrypt hash");
  }
  for (const auto& [name, value] : config->rules.headers) {
    Require(std::ranges::none_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; }),
            "a header is one line");
  }
  Require(config->rules.rate_limit.interval.count() >= 0, "an interval is not negative");
  Require(config->rules.rate_limit.interval.count() == 0 || config->rules.rate_limit.burst > 0,
          "a rate limit allows some requests");
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
