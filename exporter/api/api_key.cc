#include "api/api_key.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace xplenty {
namespace {

constexpr size_t kMaxKeyBytes = 4096;

Error Invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status Check(const Secret& key, const std::string& source) {
  const std::string& text = key.Reveal();
  if (text.empty()) return Invalid(source + " holds no API key");
  if (text.size() > kMaxKeyBytes) return Invalid(source + ": an API key is at most 4096 bytes");
  const auto visible = [](char c) { return c > ' ' && c <= '~' && c != ':'; };
  if (!std::ranges::all_of(text, visible)) {
    return Invalid(source +
                   ": an API key is one word of visible ASCII characters other than a colon");
  }
  return Done{};
}

// At most a little more than a key and its line end may need: a wrong path may name a large or
// endless file.
Result<std::string> ReadStart(const std::string& path) {
  const auto failed = [&](std::string_view what) {
    return Invalid("cannot " + std::string(what) + " API key file " + path + ": " +
                   std::generic_category().message(errno));
  };
  // Not blocking: a pipe without a writer would hold the exporter up.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failed("open");
  std::array<char, kMaxKeyBytes + 64> bytes{};
  size_t size = 0;
  ssize_t got = 0;
  do {
    got = read(file, bytes.data() + size, bytes.size() - size);
    if (got > 0) size += static_cast<size_t>(got);
  } while ((got > 0 && size < bytes.size()) || (got < 0 && errno == EINTR));
  if (got < 0) {
    Error error = failed("read");
    close(file);
    return error;
  }
  close(file);
  return std::string(bytes.data(), size);
}

Result<Secret> ReadKey(const std::string& path) {
  Result<std::string> text = ReadStart(path);
  if (!text) return text.error();
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = std::min(text->find_first_not_of(kBlanks), text->size());
  Secret key(text->substr(first, text->find_last_not_of(kBlanks) + 1 - first));
  if (Status status = Check(key, "API key file " + path); !status) return status.error();
  return key;
}

}  // namespace

ApiKey::ApiKey(Secret key, std::string path) : path_(std::move(path)), key_(std::move(key)) {}

Result<std::unique_ptr<ApiKey>> ApiKey::FromLiteral(Secret key, const std::string& source) {
  if (Status status = Check(key, source); !status) return status.error();
  return std::unique_ptr<ApiKey>(new ApiKey(std::move(key), {}));
}

Result<std::unique_ptr<ApiKey>> ApiKey::FromFile(std::string path) {
  Result<Secret> key = ReadKey(path);
  if (!key) return key.error();
  return std::unique_ptr<ApiKey>(new ApiKey(std::move(*key), std::move(path)));
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

}  // namespace xplenty
