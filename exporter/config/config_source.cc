#include "config/config_source.h"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text_file.h"
#include "base/utf8.h"
#include "config/config_file.h"
#include "config/settings.h"
#include "config/yaml_fields.h"

namespace xplenty {
namespace {

constexpr const char* kApiKeyVariable = "XPLENTY_API_KEY";
constexpr size_t kMaxFileBytes = size_t{16} << 20U;
constexpr size_t kMaxAccountBytes = 128;  // The id is a label value, too.

std::string Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): only read
  return value == nullptr ? std::string() : std::string(value);
}

Error Wrong(std::string what) {
  return {ErrorCode::kInvalidArgument, std::move(what)};
}

Status CheckTelemetryPath(const std::string& path) {
  if (!path.starts_with('/') || path == "/") {
    return Wrong("--web.telemetry-path: \"" + path + "\" is not a path such as /metrics");
  }
  for (const std::string_view taken : {"/-/", "/probe", "/status.css", "/status.js"}) {
    if (path.starts_with(taken)) {
      return Wrong("--web.telemetry-path: \"" + path +
                   "\" is a path of the exporter's own, which begin with " + std::string(taken));
    }
  }
  return OkStatus();
}

// Checks settings that must agree.
Status Check(const Config& config) {
  Status status = CheckTelemetryPath(config.web.telemetry_path);
  if (config.storage.reset && config.storage.path.empty()) {
    status = Both(std::move(status),
                  Wrong("--storage.reset: there is no ledger to reset without --storage.path"));
  }
  return status;
}

}  // namespace

ConfigSource::ConfigSource(Flags flags)
    : flags_(std::move(flags)),
      api_key_(std::string(TrimBlanks(Environment(kApiKeyVariable), kBlanksAndLineEnds))) {
  for (const Setting& setting : Settings()) {
    if (setting.env_var.empty()) continue;
    if (auto value = Environment(setting.env_var); !value.empty()) {
      environment_.emplace(setting.env_var, std::move(value));
    }
  }
}

Result<Config> ConfigSource::Load() const {
  Config config;
  Status status = Read(config);
  if (status) status = Both(NameAccounts(config), Check(config));
  if (!status) return status.error();
  return config;
}

Status ConfigSource::Read(Config& config) const {
  Status status = OkStatus();
  const auto set = [&](const Setting& setting, const std::string& said_by,
                       const std::string& text) {
    if (const auto problem = setting.set(config, text)) {
      status = Both(std::move(status), Wrong(said_by + ": " + *problem));
    }
  };
  for (const Setting& setting : Settings()) {
    const auto variable = environment_.find(setting.env_var);
    if (variable != environment_.end()) set(setting, setting.env_var, variable->second);
  }
  if (const auto file = flags_.find("config.file"); file != flags_.end()) {
    config.file = file->second.back();
    status = Both(std::move(status), ReadFile(config));
  }
  for (const Setting& setting : Settings()) {
    const auto flag = flags_.find(setting.name);
    if (flag != flags_.end()) {
      const bool is_list = setting.kind == Setting::Kind::kList;
      for (const std::string& text : is_list ? flag->second : std::vector{flag->second.back()}) {
        set(setting, "--" + setting.name, text);
      }
    } else if (setting.kind == Setting::Kind::kList) {
      set(setting, "--" + setting.name, setting.default_value);
    }
  }
  return status;
}

Status ConfigSource::ReadFile(Config& config) const {
  const auto text = ReadTextFile(config.file, kMaxFileBytes);
  if (!text) return text.error().In("--config.file: cannot read " + config.file);
  return ParseConfigFile(*text, config.file, config);
}

Status ConfigSource::NameAccounts(Config& config) const {
  const Config::Account& given = config.account;
  if (!config.accounts.empty()) {
    for (const char* flag : {"account.id", "account.api-key-file"}) {
      if (flags_.contains(flag)) {
        return Wrong("--" + std::string(flag) + ": the accounts are those of " + config.file);
      }
    }
  } else if (given.id.empty()) {
    return Wrong(
        "no account: --account.id or XPLENTY_ACCOUNT_ID must name it, or accounts in the file of "
        "--config.file");
  } else if (CleanText(given.id, kMaxAccountBytes) != given.id) {
    return Wrong("--account.id: not an account's id: at most " + std::to_string(kMaxAccountBytes) +
                 " bytes of printable UTF-8 are expected");
  } else {
    config.accounts.push_back({.id = given.id, .name = given.id});
  }
  Status status = OkStatus();
  for (Config::Account& account : config.accounts) {
    if (!account.api_key_file.empty()) continue;
    // The environment has one key, and it must be clear which account has that key.
    const bool only = config.accounts.size() == 1;
    if (only && !given.api_key_file.empty()) {
      account.api_key_file = given.api_key_file;
      account.key_location.text = "--account.api-key-file";
    } else if (only && !api_key_.empty()) {
      account.api_key = api_key_;
      account.key_location.text = kApiKeyVariable;
    } else if (account.key_location.text.empty()) {
      return Wrong(
          "no API key: --account.api-key-file, XPLENTY_API_KEY_FILE or XPLENTY_API_KEY must give "
          "it");
    } else {
      status = Both(std::move(status),
                    Wrong(account.key_location.text + ": account \"" + account.id +
                          "\" has no API key: api_key_file is expected" +
                          (only ? ", or XPLENTY_API_KEY_FILE or XPLENTY_API_KEY" : "")));
    }
  }
  return status;
}

}  // namespace xplenty
