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
  ReloadIfChanged();
  return policy_;
}

Status WebSettings::Reload() {
  const MutexLock lock(mutex_);
  ReloadIfChanged();
  return state_;
}

void WebSettings::ReloadIfChanged() {
  Files now{.config = Read(path_)};
  if (now.config == seen_.config) {
    for (const auto& [path, content] : seen_.named) now.named.emplace_back(path, Read(path));
    if (now == seen_) return;
  }
  now = {};
  auto next = Build(now);  // It reads the files again, so that the policy fits what seen_ keeps.
  seen_ = std::move(now);
  state_ = OkStatus();
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

  auto policy = std::make_shared<WebPolicy>();
  if (config->tls_enabled) {
    std::optional<Error> failure;
    const auto content_of = [&](const char* key, const std::string& path) {
      Content content = Read(path);
      files.named.emplace_back(path, content);
      if (!content.error.empty() && !failure) {
        failure = Invalid(config->tls_location + ": failed to read " + key + " (" + path +
                          "): " + content.error);
      }
      return std::move(content.text);
    };
    TlsOptions& tls = config->tls;
    const WebConfig::TlsFiles& paths = config->tls_files;
    if (!paths.certificate.empty()) tls.certificate = content_of("cert_file", paths.certificate);
    if (!paths.key.empty()) tls.key = Secret(content_of("key_file", paths.key));
    if (!paths.client_ca.empty()) tls.client_ca = content_of("client_ca_file", paths.client_ca);
    if (failure) return *failure;
    auto context = TlsContext::Create(tls);
    if (!context) return context.error().In(config->tls_location);
    policy->tls = std::move(*context);
  }
  if (config->http2_requested) {
    logger_.Info("http2 is taken note of, but HTTP/1.1 alone is served", {{"file", path_}});
  }
  policy->rules = std::move(config->rules);
  return std::shared_ptr<const WebPolicy>(std::move(policy));
}

// Refuses a config that would take TLS or passwords away: an empty file is a right config, but a
// file is empty, too, while it is being written. Only a restart takes them away.
Status WebSettings::Allowed(const WebPolicy& now, const WebPolicy& next) {
  if ((now.tls == nullptr) != (next.tls == nullptr)) {
    return Invalid("TLS is switched on and off by a restart alone");
  }
  if (!now.rules.users.empty() && next.rules.users.empty()) {
    return Invalid("basic auth is switched off by a restart alone");
  }
  return OkStatus();
}

}  // namespace xplenty
