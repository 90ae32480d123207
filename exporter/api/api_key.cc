#include "api/api_key.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text_file.h"

namespace xplenty {
namespace {

constexpr size_t kMaxKeyBytes = 4096;

Error InvalidKey(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status Check(const Secret& key, const std::string& source) {
  const std::string& text = key.Reveal();
  if (text.empty()) return InvalidKey(source + " holds no API key");
  if (text.size() > kMaxKeyBytes) return InvalidKey(source + ": an API key is at most 4096 bytes");
  const auto visible = [](char c) { return c > ' ' && c <= '~' && c != ':'; };
  if (!std::ranges::all_of(text, visible)) {
    return InvalidKey(source +
                      ": an API key is one word of visible ASCII characters other than a colon");
  }
  return OkStatus();
}

Result<Secret> ReadKey(const std::string& path) {
  constexpr size_t kMaxFileBytes = kMaxKeyBytes + 64;  // with blanks and line ends
  Result<std::string> text = ReadTextFile(path, kMaxFileBytes);
  if (!text) return text.error().In("cannot read API key file " + path);
  Secret key(std::string(TrimBlanks(*text, kBlanksAndLineEnds)));
  RETURN_IF_ERROR(Check(key, "API key file " + path));
  return key;
}

}  // namespace

ApiKey::ApiKey(Secret key, std::string path, Logger* logger)
    : path_(std::move(path)), logger_(logger), key_(std::move(key)) {}

Result<std::unique_ptr<ApiKey>> ApiKey::FromLiteral(Secret key, const std::string& source) {
  RETURN_IF_ERROR(Check(key, source));
  return std::unique_ptr<ApiKey>(new ApiKey(std::move(key), {}, nullptr));
}

Result<std::unique_ptr<ApiKey>> ApiKey::FromFile(std::string path, Logger& logger) {
  Result<Secret> key = ReadKey(path);
  if (!key) return key.error();
  return std::unique_ptr<ApiKey>(new ApiKey(std::move(*key), std::move(path), &logger));
}

Secret ApiKey::Load() const {
  const MutexLock lock(mutex_);
  return key_;
}

Result<bool> ApiKey::Reload() {
  if (path_.empty()) return false;
  Result<Secret> key = ReadKey(path_);
  if (!key) return key.error();
  const MutexLock lock(mutex_);
  if (*key == key_) return false;
  key_ = std::move(*key);
  return true;
}

void ApiKey::ReloadIfChanged() {
  const Result<bool> changed = Reload();
  std::string problem = changed ? "" : changed.error().message;
  bool is_new = false;
  {
    const MutexLock lock(mutex_);
    is_new = problem != problem_;
    problem_ = problem;
  }
  if (!problem.empty() && is_new) {
    logger_->Warn("The API key file is wrong, the previous key stays in use", {{"err", problem}});
  } else if (changed && *changed) {
    logger_->Info("The API key has changed", {{"file", path_}});
  }
}

}  // namespace xplenty
