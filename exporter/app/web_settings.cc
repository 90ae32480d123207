#include "app/web_settings.h"

#include <optional>
#include <string_view>

#include "base/text_file.h"
#include "config/web_config.h"

namespace xplenty {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;

Error Invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

}  // namespace

Result<std::unique_ptr<WebSettings>> WebSettings::Load(std::string path, Logger& logger) {
  std::unique_ptr<WebSettings> settings(new WebSettings(std::move(path), logger));
  const MutexLock lock(settings->mutex_);
  auto policy = settings->Build(settings->seen_);
  if (!policy) return policy.error();
  settings->policy_ = std::move(*policy);
  return settings;
}

WebSettings::WebSettings(std::string path, Logger& logger)
    : path_(std::move(path)), logger_(logger) {}

std::shared_ptr<const WebPolicy> WebSettings::Current() {
  const MutexLock lock(mutex_);
  Follow();
  return policy_;
}

Status WebSettings::Reload() {
  const MutexLock lock(mutex_);
  Follow();
  return state_;
}

void WebSettings::Follow() {
  Files now{.config = Read(path_)};
  if (now.config == seen_.config) {
    for (const auto& [path, content] : seen_.named) now.named.emplace_back(path, Read(path));
    if (now == seen_) return;
  }
  now = {};
  auto next = Build(now);  // reads anew: what it is made of and what is compared must be the same
  seen_ = std::move(now);
  state_ = Done{};
  if (!next) {
    state_ = next.error();
  } else {
    state_ = Allowed(*policy_, **next);
  }
  if (!state_) {
    logger_.Error("The web config is wrong, the one before stays",
                  {{"err", state_.error().message}});
    return;
  }
  policy_ = std::move(*next);
  logger_.Info("The web config has changed and holds from now on", {{"file", path_}});
}

WebSettings::Content WebSettings::Read(const std::string& path) {
  auto text = ReadTextFile(path, kMaxFileBytes);
  if (!text) return {.error = text.error().message};
  return {.text = std::move(*text)};
}

Result<std::shared_ptr<const WebPolicy>> WebSettings::Build(Files& files) const {
  files.config = Read(path_);
  if (!files.config.error.empty()) return Invalid(path_ + ": " + files.config.error);
  auto config = ParseWebConfig(files.config.text, path_);
  if (!config) return config.error();

  std::optional<Error> failure;
  const auto text_of = [&](const char* key, const std::string& path, const std::string& text) {
    if (path.empty()) return text;
    Content content = Read(path);
    files.named.emplace_back(path, content);
    if (!content.error.empty() && !failure) {
      failure = Invalid(config->tls_place + ": failed to read " + key + " (" + path +
                        "): " + content.error);
    }
    return std::move(content.text);
  };
  auto policy = std::make_shared<WebPolicy>();
  if (config->tls_enabled) {
    const WebConfig::Tls& tls = config->tls;
    const TlsOptions options = {
        .certificate = text_of("cert_file", tls.cert_file, tls.cert),
        .key = Secret(text_of("key_file", tls.key_file, tls.key.Reveal())),
        .client_ca = text_of("client_ca_file", tls.client_ca_file, tls.client_ca),
        .ask_client = tls.ask_client,
        .require_client = tls.require_client,
        .verify_client = tls.verify_client,
        .allowed_sans = tls.allowed_sans,
        .min_minor = tls.min_minor,
        .max_minor = tls.max_minor,
        .cipher_suites = tls.cipher_suites,
        .groups = tls.groups,
        .prefer_server_ciphers = tls.prefer_server_ciphers};
    if (failure) return *failure;
    auto context = TlsContext::Create(options);
    if (!context) return context.error().In(config->tls_place);
    policy->tls = std::move(*context);
  }
  if (config->http2_asked) {
    logger_.Info("http2 is taken note of, but HTTP/1.1 alone is served", {{"file", path_}});
  }
  policy->headers = std::move(config->headers);
  policy->users = std::move(config->users);
  policy->rate_limit = {.interval = config->rate_limit_interval, .burst = config->rate_limit_burst};
  return std::shared_ptr<const WebPolicy>(std::move(policy));
}

// An empty file is a right config without TLS and passwords. But a file is empty, too, while it is
// being written: what protects the server goes only with a restart.
Status WebSettings::Allowed(const WebPolicy& now, const WebPolicy& next) {
  if ((now.tls == nullptr) != (next.tls == nullptr)) {
    return Invalid("TLS is switched on and off by a restart alone");
  }
  if (!now.users.empty() && next.users.empty()) {
    return Invalid("basic auth is switched off by a restart alone");
  }
  return Done{};
}

}  // namespace xplenty
