#include "config/web_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>

#include "config/yaml_fields.h"

namespace xplenty {
namespace {

using Kind = YamlNode::Kind;

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

constexpr std::array<Named<int>, 4> kVersions = {
    {{"TLS10", 0}, {"TLS11", 1}, {"TLS12", 2}, {"TLS13", 3}}};
constexpr std::array<Named<std::string_view>, 4> kCurves = {
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};
// Go takes these to be secure, and the toolkit takes no others.
constexpr std::array<std::string_view, 13> kCipherSuites = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};

struct ClientAuth {
  bool ask;
  bool require;
  bool verify;
};
constexpr std::array<Named<ClientAuth>, 6> kClientAuths = {
    {{"NoClientCert", {false, false, false}},
     {"RequestClientCert", {true, false, false}},
     {"RequireAnyClientCert", {true, true, false}},
     {"RequireClientCert", {true, true, false}},  // This is its former name.
     {"VerifyClientCertIfGiven", {true, false, true}},
     {"RequireAndVerifyClientCert", {true, true, true}}}};

// A header that may be configured. If it has a list, only its values are allowed.
struct HeaderRule {
  std::string_view name;
  std::array<std::string_view, 2> values;
};
constexpr std::array<HeaderRule, 5> kHeaders = {{{"Content-Security-Policy", {}},
                                                 {"Strict-Transport-Security", {}},
                                                 {"X-Content-Type-Options", {"nosniff", ""}},
                                                 {"X-Frame-Options", {"deny", "sameorigin"}},
                                                 {"X-XSS-Protection", {}}}};

// Returns the names of a table's items for an error's message.
template <typename Range, typename Projection = std::identity>
std::string NamesOf(const Range& range, Projection projection = {}) {
  std::vector<std::string_view> names;
  for (const auto& item : range) names.push_back(std::invoke(projection, item));
  return Names(names);
}

// Returns whether a text has the form of a bcrypt hash. Its cost is two digits from 04 to 31.
bool IsBcrypt(std::string_view hash) {
  constexpr size_t kBytes = 60;
  constexpr size_t kSaltAt = 7;
  if (hash.size() != kBytes || hash[0] != '$' || hash[1] != '2') return false;
  if (std::string_view("aby").find(hash[2]) == std::string_view::npos) return false;
  if (hash[3] != '$' || hash[kSaltAt - 1] != '$') return false;
  int cost = 0;
  const auto [end, error] = std::from_chars(hash.data() + 4, hash.data() + 6, cost);
  if (error != std::errc() || end != hash.data() + 6 || cost < 4 || cost > 31) return false;
  return std::ranges::all_of(hash.substr(kSaltAt), [](char c) {
    return c == '.' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
  });
}

// Reads a duration as Go writes it: "1.5s", "1m30s", "0".
std::optional<std::chrono::nanoseconds> ParseGoDuration(std::string_view text) {
  constexpr std::array<Named<double>, 8> kUnits = {{{"ns", 1},
                                                    {"us", 1e3},
                                                    {"\u00b5s", 1e3},
                                                    {"\u03bcs", 1e3},
                                                    {"ms", 1e6},
                                                    {"s", 1e9},
                                                    {"m", 60e9},
                                                    {"h", 3600e9}}};
  constexpr double kMaxNanoseconds = 9e18;
  if (text == "0") return std::chrono::nanoseconds(0);
  double total = 0;
  bool any = false;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || number < 0 || text[0] == '-') return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    const auto found = std::ranges::find(kUnits, unit, &Named<double>::name);
    if (found == kUnits.end()) return std::nullopt;
    total += number * found->value;
    text.remove_prefix(unit.size());
    any = true;
  }
  if (!any || !(total < kMaxNanoseconds)) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(total));
}

// Reads the tree into a config.
class WebConfigReader {
 public:
  explicit WebConfigReader(const std::string& path) : yaml_(path) {}

  Result<WebConfig> Read(const YamlNode& root) {
    Status status =
        yaml_.Map(root, "the web config",
                  {{"tls_server_config", [this](const YamlNode& node) { return Tls(node); }},
                   {"http_server_config", [this](const YamlNode& node) { return Http(node); }},
                   {"basic_auth_users", [this](const YamlNode& node) { return Users(node); }},
                   {"rate_limit", [this](const YamlNode& node) { return Limit(node); }}});
    if (!status) return status.error();
    return std::move(config_);
  }

 private:
  using Field = YamlFields::Field;
  using Fields = YamlFields::Fields;

  Error At(const YamlNode& node, std::string_view what) const { return yaml_.At(node, what); }

  template <typename T, size_t n>
  Field OneOf(T& into, std::string_view what, const std::array<Named<T>, n>& choices) const {
    return [this, &into, what, &choices](const YamlNode& node) -> Status {
      const auto found = std::ranges::find(choices, node.text, &Named<T>::name);
      if (node.kind != Kind::kScalar || found == choices.end()) {
        return At(node, std::string(what) + ": " + node.text + ": expected one of " +
                            NamesOf(choices, &Named<T>::name));
      }
      into = found->value;
      return OkStatus();
    };
  }

  Status Tls(const YamlNode& node) {
    TlsOptions& tls = config_.tls;
    WebConfig::TlsFiles& files = config_.tls_files;
    std::string key;
    ClientAuth auth{};
    bool has_auth = false;
    const auto client_auth = OneOf(auth, "invalid ClientAuth", kClientAuths);
    const Fields fields = {
        {"cert", yaml_.Text(tls.certificate)},
        {"key", yaml_.Text(key)},
        {"client_ca", yaml_.Text(tls.client_ca)},
        {"cert_file", yaml_.Path(files.certificate)},
        {"key_file", yaml_.Path(files.key)},
        {"client_ca_file", yaml_.Path(files.client_ca)},
        {"client_auth_type",
         [&](const YamlNode& value) -> Status {
           if (value.kind == Kind::kScalar && value.text.empty()) return OkStatus();
           has_auth = true;
           return client_auth(value);
         }},
        {"client_allowed_sans", yaml_.List([&tls](const YamlNode& value) -> Status {
           tls.allowed_sans.push_back(value.text);
           return OkStatus();
         })},
        {"min_version", OneOf(tls.min_minor, "unknown TLS version", kVersions)},
        {"max_version", OneOf(tls.max_minor, "unknown TLS version", kVersions)},
        {"cipher_suites", yaml_.List([this, &tls](const YamlNode& value) -> Status {
           if (std::ranges::find(kCipherSuites, value.text) == kCipherSuites.end()) {
             return At(value, "unknown cipher: " + value.text + ": expected one of " +
                                  NamesOf(kCipherSuites));
           }
           tls.cipher_suites.push_back(value.text);
           return OkStatus();
         })},
        {"curve_preferences", yaml_.List([this, &tls](const YamlNode& value) -> Status {
           std::string_view group;
           RETURN_IF_ERROR(OneOf(group, "unknown curve", kCurves)(value));
           tls.groups.emplace_back(group);
           return OkStatus();
         })},
        {"prefer_server_cipher_suites", yaml_.Bool(tls.prefer_server_ciphers)}};
    RETURN_IF_ERROR(yaml_.Map(node, "tls_server_config", fields));
    config_.tls_location = yaml_.LocationOf(node);
    tls.key = Secret(key);
    tls.request_client_cert = auth.ask;
    tls.require_client = auth.require;
    tls.verify_client = auth.verify;
    const bool has_ca = !files.client_ca.empty() || !tls.client_ca.empty();
    const bool has_cert = !files.certificate.empty() || !tls.certificate.empty();
    const bool has_key = !files.key.empty() || !tls.key.empty();
    config_.tls_enabled = has_cert || has_key || has_ca || has_auth;
    if (!config_.tls_enabled) return OkStatus();
    if (!has_cert) return At(node, "missing one of cert or cert_file");
    if (!has_key) return At(node, "missing one of key or key_file");
    return Agreement(node, has_ca);
  }

  // Checks that the keys of TLS agree.
  Status Agreement(const YamlNode& node, bool has_ca) const {
    const TlsOptions& tls = config_.tls;
    if (has_ca && !tls.request_client_cert) {
      return At(node, "client CA's have been configured without a Client Auth Policy");
    }
    if (tls.verify_client && !has_ca) {
      return At(node,
                "a client_auth_type that verifies needs client_ca_file or client_ca: every "
                "certificate the system trusts would do");
    }
    const auto is_sans = [](const YamlNode& item) { return item.key == "client_allowed_sans"; };
    const bool has_sans = std::ranges::any_of(node.items, is_sans);
    if (has_sans && !tls.require_client) {
      return At(node,
                "client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert "
                "or RequireAndVerifyClientCert");
    }
    if (has_sans && tls.allowed_sans.empty()) {
      return At(*std::ranges::find_if(node.items, is_sans), "client_allowed_sans names nobody");
    }
    if (tls.min_minor > tls.max_minor) return At(node, "min_version is above max_version");
    return OkStatus();
  }

  Status Http(const YamlNode& node) {
    bool http2 = false;
    const Fields fields = {
        {"http2", yaml_.Bool(http2)},
        {"headers", [this](const YamlNode& headers) { return Headers(headers); }}};
    Status status = yaml_.Map(node, "http_server_config", fields);
    config_.http2_requested = http2;
    return status;
  }

  Status Headers(const YamlNode& node) {
    if (node.kind != Kind::kMap) return At(node, "headers: names and values expected");
    for (const YamlNode& header : node.items) {
      const auto rule = std::ranges::find(kHeaders, header.key, &HeaderRule::name);
      if (rule == kHeaders.end()) {
        return At(header, "HTTP header \"" + header.key + "\" can not be configured: only " +
                              NamesOf(kHeaders, &HeaderRule::name));
      }
      if (header.kind != Kind::kScalar && header.kind != Kind::kNull) {
        return At(header, header.key + ": a text is expected");
      }
      const bool listed = !rule->values[0].empty();
      if (listed && (header.text.empty() ||
                     std::ranges::find(rule->values, header.text) == rule->values.end())) {
        return At(header, "invalid value for " + header.key + ": expected one of " +
                              NamesOf(rule->values) + ", but got \"" + header.text + "\"");
      }
      if (std::ranges::any_of(header.text, [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
          })) {
        return At(header, header.key + ": control characters are not allowed");
      }
      config_.rules.headers.emplace_back(header.key, header.text);
    }
    return OkStatus();
  }

  Status Users(const YamlNode& node) {
    if (node.kind != Kind::kMap) return At(node, "basic_auth_users: names and hashes expected");
    for (const YamlNode& user : node.items) {
      if (user.kind != Kind::kScalar || !IsBcrypt(user.text)) {
        return At(user, "user \"" + user.key +
                            "\": not a bcrypt hash, 60 characters that begin with $2a$, $2b$ or "
                            "$2y$ and a cost from 04 to 31");
      }
      config_.rules.users.emplace(user.key, user.text);
    }
    return OkStatus();
  }

  Status Limit(const YamlNode& node) {
    const Field interval = [this](const YamlNode& value) -> Status {
      const auto duration = ParseGoDuration(value.text);
      if (value.kind != Kind::kScalar || !duration) {
        return At(value, "interval: a duration such as 100ms or 1m30s is expected");
      }
      config_.rules.rate_limit.interval = *duration;
      return OkStatus();
    };
    const Field burst = [this](const YamlNode& value) -> Status {
      const char* const end = value.text.data() + value.text.size();
      const auto [stop, error] =
          std::from_chars(value.text.data(), end, config_.rules.rate_limit.burst);
      if (!value.plain || error != std::errc() || stop != end ||
          config_.rules.rate_limit.burst < 0) {
        return At(value, "burst: a whole number is expected");
      }
      return OkStatus();
    };
    Status status = yaml_.Map(node, "rate_limit", {{"interval", interval}, {"burst", burst}});
    if (status && config_.rules.rate_limit.interval.count() > 0 &&
        config_.rules.rate_limit.burst == 0) {
      return At(node, "rate_limit without a burst of at least 1 would let no request through");
    }
    return status;
  }

  const YamlFields yaml_;
  WebConfig config_;
};

}  // namespace

Result<WebConfig> ParseWebConfig(std::string_view text, const std::string& path) {
  const auto root = ParseYaml(text, path);
  if (!root) return root.error();
  return WebConfigReader(path).Read(*root);
}

}  // namespace xplenty
