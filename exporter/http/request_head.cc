#include "http/request_head.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "http/request_target.h"

namespace xplenty {
namespace {

constexpr int kBadRequest = 400;
constexpr int kMethodNotAllowed = 405;
constexpr int kContentTooLarge = 413;
constexpr int kUriTooLong = 414;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionNotSupported = 505;

constexpr bool IsTokenChar(char c) {
  const char lower = LowerAscii(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenChar);
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// True if CR and LF appear only as CR LF, and no other byte is a control byte but a tab. The last
// byte may be a CR whose LF has not arrived yet.
bool HasOnlyTextAndLineEnds(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\r') {
      if (i + 1 < bytes.size() && bytes[i + 1] != '\n') return false;
    } else if (c == '\n') {
      if (i == 0 || bytes[i - 1] != '\r') return false;
    } else if (c != '\t' && IsControl(c)) {
      return false;
    }
  }
  return true;
}

// Fills `head` line by line. Each step returns the status of an error, or nothing.
class HeadReader {
 public:
  explicit HeadReader(RequestHead& head) : head_(head) {}

  std::optional<int> RequestLine(std::string_view line) {
    const size_t first = line.find(' ');
    const size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return kBadRequest;
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!IsToken(method)) return kBadRequest;
    if (const auto refused = Version(version)) return refused;
    constexpr std::array<std::string_view, 4> kMethods = {"GET", "HEAD", "POST", "PUT"};
    if (std::ranges::find(kMethods, method) == kMethods.end()) return kMethodNotAllowed;
    head_.request.method = method;
    return Target(line.substr(first + 1, last - first - 1));
  }

  std::optional<int> HeaderLine(std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return kBadRequest;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = TrimBlanks(line.substr(colon + 1));
    if (EqualsIgnoringCase(name, "transfer-encoding")) return kContentTooLarge;
    if (EqualsIgnoringCase(name, "content-length")) {
      if (const auto refused = ContentLength(value)) return refused;
    }
    if (EqualsIgnoringCase(name, "host") && ++hosts_ > 1) return kBadRequest;
    if (EqualsIgnoringCase(name, "connection")) Connection(value);
    head_.request.headers.emplace_back(name, value);
    return std::nullopt;
  }

  std::optional<int> End() const {
    if (hosts_ == 0 && !old_version_) return kBadRequest;  // RFC 9112, section 3.2
    return std::nullopt;
  }

 private:
  std::optional<int> Version(std::string_view version) {
    if (version == "HTTP/1.1") return std::nullopt;
    if (version == "HTTP/1.0") {
      old_version_ = true;
      head_.close = true;
      return std::nullopt;
    }
    return version.starts_with("HTTP/") ? kVersionNotSupported : kBadRequest;
  }

  std::optional<int> Target(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {  // section 3.2.2
      if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
      target.remove_prefix(scheme.size());
      target.remove_prefix(std::min(target.find('/'), target.size()));
      if (target.empty()) target = "/";
      break;
    }
    const bool valid = target.starts_with('/') && std::ranges::all_of(target, [](char c) {
                         return c > ' ' && c < 0x7F && c != '#';
                       });
    if (!valid) return kBadRequest;
    DecodeTarget(target, head_.request);
    return std::nullopt;
  }

  static std::optional<int> ContentLength(std::string_view value) {
    const bool digits =
        !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return kBadRequest;
    if (value.find_first_not_of('0') != std::string_view::npos) return kContentTooLarge;
    return std::nullopt;
  }

  void Connection(std::string_view options) {
    while (!options.empty()) {
      if (EqualsIgnoringCase(TakeUntil(options, ','), "close")) head_.close = true;
    }
  }

  RequestHead& head_;
  int hosts_ = 0;
  bool old_version_ = false;
};

constexpr std::string_view kLineEnd = "\r\n";

std::optional<int> ReadLines(std::string_view text, RequestHead& head) {
  HeadReader reader(head);
  bool first = true;
  size_t headers = 0;
  while (!text.empty()) {
    const size_t end = text.find(kLineEnd);
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + kLineEnd.size());
    if (!first && ++headers > RequestHead::kMaxHeaders) return kHeadTooLarge;
    if (const auto refused = first ? reader.RequestLine(line) : reader.HeaderLine(line)) {
      return refused;
    }
    first = false;
  }
  return reader.End();
}

}  // namespace

HeadResult ReadRequestHead(std::string_view input) {
  // Empty lines before the request line are skipped: RFC 9112, section 2.2.
  std::string_view text = input;
  while (text.starts_with(kLineEnd)) text.remove_prefix(kLineEnd.size());
  const size_t skipped = input.size() - text.size();

  const size_t end = text.find("\r\n\r\n");
  const bool complete = end != std::string_view::npos;
  if (complete) text = text.substr(0, end + kLineEnd.size());
  if (!HasOnlyTextAndLineEnds(text)) return HeadError{kBadRequest};
  if (std::min(text.find(kLineEnd), text.size()) > RequestHead::kMaxLineBytes) {
    return HeadError{kUriTooLong};
  }
  const size_t bytes = skipped + text.size() + (complete ? kLineEnd.size() : 0);
  if (bytes > RequestHead::kMaxBytes) return HeadError{kHeadTooLarge};
  if (!complete) {
    if (bytes == RequestHead::kMaxBytes) return HeadError{kHeadTooLarge};
    return HeadIncomplete{};
  }
  RequestHead head;
  head.bytes = bytes;
  if (const auto refused = ReadLines(text, head)) return HeadError{*refused};
  return head;
}

}  // namespace xplenty
