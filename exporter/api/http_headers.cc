#include "api/http_headers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "api/curl_library.h"
#include "base/ascii.h"

namespace xplenty {
namespace {

constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(1);

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Parses a run of digits. A number beyond int64_t reads as the largest one.
std::optional<int64_t> ParseCount(std::string_view text) {
  if (!IsDigits(text)) return std::nullopt;
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  return end.ec == std::errc() ? value : INT64_MAX;
}

// Reads the links of a field Link (RFC 8288, section 3) from the left.
class LinkReader {
 public:
  explicit LinkReader(std::string_view text) : text_(text) {}

  // Reads one link. Returns false at the end and where the field is malformed.
  bool Next() {
    is_next_ = false;
    while (TakeBlanks(), Take(',')) {
    }
    if (!Take('<')) return false;
    const size_t close = text_.find('>');
    if (close == std::string_view::npos) return false;
    text_.remove_prefix(close + 1);
    bool has_rel = false;
    bool about_another = false;
    while (TakeBlanks(), Take(';')) {
      TakeBlanks();
      const std::string_view name = TakeToken();
      const std::string value = TakeParameterValue();
      if (EqualsIgnoringCase(name, "anchor")) about_another = true;
      if (EqualsIgnoringCase(name, "rel") && !has_rel) {  // the first of several counts
        has_rel = true;
        is_next_ = HasWord(value, "next");
      }
    }
    is_next_ = is_next_ && !about_another;
    return true;
  }

  bool is_next() const { return is_next_; }

 private:
  bool Take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  void TakeBlanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(kBlanksAndLineEnds), text_.size()));
  }

  std::string_view TakeToken() {
    const std::string_view token = text_.substr(0, text_.find_first_of(" \t\r\n=;,\""));
    text_.remove_prefix(token.size());
    return token;
  }

  std::string TakeParameterValue() {
    TakeBlanks();
    if (!Take('=')) return {};
    TakeBlanks();
    if (!Take('"')) return std::string(TakeToken());
    std::string value;
    while (!text_.empty() && !Take('"')) {
      if (text_.front() == '\\' && text_.size() > 1) text_.remove_prefix(1);
      value += text_.front();
      text_.remove_prefix(1);
    }
    return value;
  }

  static bool HasWord(std::string_view words, std::string_view wanted) {
    while (!words.empty()) {
      const size_t length = std::min(words.find_first_of(kBlanksAndLineEnds), words.size());
      if (EqualsIgnoringCase(words.substr(0, length), wanted)) return true;
      words.remove_prefix(std::min(length + 1, words.size()));
    }
    return false;
  }

  std::string_view text_;
  bool is_next_{};
};

}  // namespace

void HttpHeaders::AddLine(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return;
  Add(line.substr(0, colon), line.substr(colon + 1));
}

void HttpHeaders::Add(std::string_view name, std::string_view value) {
  fields_.push_back(
      {.name = std::string(name), .value = std::string(TrimBlanks(value, kBlanksAndLineEnds))});
}

std::optional<std::string_view> HttpHeaders::Find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (EqualsIgnoringCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::optional<Timestamp> HttpHeaders::Date() const {
  const auto value = Find("Date");
  return value ? ParseHttpDate(*value) : std::nullopt;
}

std::optional<std::chrono::seconds> HttpHeaders::RetryAfter() const {
  const auto value = Find("Retry-After");
  if (!value) return std::nullopt;
  if (const auto count = ParseCount(*value)) {
    return std::chrono::seconds(std::min<int64_t>(*count, kLongestRetryAfter.count()));
  }
  const auto now = Date();
  const auto then = ParseHttpDate(*value);
  if (!now || !then) return std::nullopt;
  return std::clamp(*then - *now, std::chrono::seconds(0), kLongestRetryAfter);
}

bool HttpHeaders::HasNextLink() const {
  for (const Field& field : fields_) {
    if (!EqualsIgnoringCase(field.name, "Link")) continue;
    LinkReader links(field.value);
    while (links.Next()) {
      if (links.is_next()) return true;
    }
  }
  return false;
}

RateLimit HttpHeaders::ReadRateLimit() const {
  const auto count = [this](std::string_view name) {
    const auto value = Find(name);
    return value ? ParseCount(*value) : std::nullopt;
  };
  return {.limit = count("X-RateLimit-Limit"), .remaining = count("X-RateLimit-Remaining")};
}

}  // namespace xplenty
