// The input is what a client may send: the head of a request, and values of Accept, Accept-Encoding
// and the scrape timeout.

#include <algorithm>
#include <array>
#include <string>
#include <variant>

#include "base/ascii.h"
#include "fuzz/fuzz.h"
#include "http/http_message.h"
#include "http/negotiate.h"
#include "http/request_head.h"
#include "http/scrape_deadline.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool IsRefused(std::string_view input) {
  return std::holds_alternative<HeadError>(ReadRequestHead(input));
}

void CheckName(std::string_view name) {
  Require(!name.empty() && std::ranges::none_of(name,
                                                [](char c) {
                                                  return IsControl(c) || c == ' ' || c == ':' ||
                                                         static_cast<unsigned char>(c) >= 0x80;
                                                }),
          "a header name is a token");
}

// The target as it was sent, between the blanks of the request line.
std::string_view Target(std::string_view input) {
  while (input.starts_with("\r\n")) input.remove_prefix(2);
  const std::string_view line = input.substr(0, input.find('\r'));
  const size_t begin = line.find(' ') + 1;
  return line.substr(begin, line.rfind(' ') - begin);
}

void CheckAccepted(std::string_view input, const RequestHead& head) {
  constexpr std::array<std::string_view, 4> kMethods = {"GET", "HEAD", "POST", "PUT"};
  Require(head.bytes <= std::min(input.size(), RequestHead::kMaxBytes),
          "a head's length is limited");
  Require(input.substr(0, head.bytes).ends_with("\r\n\r\n"), "a head ends with an empty line");
  Require(std::ranges::find(kMethods, head.request.method) != kMethods.end(),
          "the method is a known one");
  const std::string_view target = Target(input);
  Require(!target.starts_with('/') ||
              std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; }),
          "a target is printable");
  size_t target_bytes = head.request.path.size();
  for (const auto& [name, value] : head.request.params) target_bytes += name.size() + value.size();
  Require(head.request.path.starts_with('/'), "a target is a path");
  Require(target_bytes <= RequestHead::kMaxLineBytes, "decoding makes no target longer");
  Require(head.request.headers.size() <= RequestHead::kMaxHeaders, "headers are limited");
  size_t hosts = 0;
  for (const auto& [name, value] : head.request.headers) {
    CheckName(name);
    Require(std::ranges::none_of(value, [](char c) { return c != '\t' && IsControl(c); }),
            "a value has no control bytes");
    Require(TrimBlanks(value).size() == value.size(), "blanks around a value are removed");
    if (EqualsIgnoringCase(name, "host")) ++hosts;
  }
  Require(hosts <= 1, "there is at most one Host");
  Require(head.close || hosts == 1, "HTTP/1.1 has a Host");
}

// Parses the head in pieces, which must have the same outcome.
void CheckPieces(std::string_view input, const RequestHead& head) {
  const std::string_view own = input.substr(0, head.bytes);
  for (size_t length = 0; length < own.size(); length += 1 + own.size() / 16) {
    Require(std::holds_alternative<HeadIncomplete>(ReadRequestHead(own.substr(0, length))),
            "the beginning of a good head is not refused");
  }
  const HeadResult result = ReadRequestHead(std::string(own) + std::string("\x00\xFF\n", 3));
  const auto* again = std::get_if<RequestHead>(&result);
  Require(again != nullptr && again->bytes == head.bytes &&
              again->request.path == head.request.path &&
              again->request.params == head.request.params &&
              again->request.headers == head.request.headers && again->close == head.close,
          "bytes after the head are not part of it");
}

void CheckRefused(std::string_view input, int status) {
  constexpr std::array<int, 6> kStatuses = {400, 405, 413, 414, 431, 505};
  Require(std::ranges::find(kStatuses, status) != kStatuses.end(), "the status is documented");
  for (const std::string_view more : {"x", "\n", "\r\n\r\n"}) {
    Require(IsRefused(std::string(input).append(more)), "a refused head stays refused");
  }
}

// The list with a weight of 0 for each coding.
std::string WithoutWeight(std::string_view accept_encoding) {
  std::string none;
  while (!accept_encoding.empty()) {
    std::string_view element = TakeUntil(accept_encoding, ',');
    none.append(TakeUntil(element, ';')).append(";q=0,");
  }
  return none;
}

void CheckAcceptEncoding(std::string_view value) {
  const bool gzip = AcceptsGzip(value);
  std::string lower;
  for (const char c : value) lower += LowerAscii(c);
  Require(gzip == AcceptsGzip(lower), "the case of a coding does not matter");
  const bool named = Contains(lower, "gzip");
  Require(!gzip || named || Contains(value, "*"), "gzip is accepted by name or by *");
  Require(named || !AcceptsGzip(lower + ",gzip;q=0"), "a weight of 0 refuses a coding");
  Require(!AcceptsGzip(WithoutWeight(value)), "weights of 0 refuse all codings");
  Require(AcceptsGzip(lower + ", gzip, identity;q=0"), "gzip is used if it is preferred");
}

void CheckAccept(std::string_view value, bool with_protobuf) {
  const NegotiatedFormat chosen = ChooseFormat(value, with_protobuf);
  constexpr std::array<std::string_view, 3> kTypes = {
      "text/plain; version=0.0.4;", "application/openmetrics-text; version=",
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding="};
  Require(with_protobuf || chosen.format != Format::kProtobuf,
          "a format that is not offered is not used");
  const std::string& type = chosen.content_type;
  Require(type.starts_with(kTypes.at(static_cast<size_t>(chosen.format))),
          "the media type follows from the format");
  Require(std::ranges::none_of(type, [](char c) { return IsControl(c) || c == '"'; }) &&
              type.size() < 150,
          "no text of the client goes into a header");
  std::string lower;
  for (const char c : value) lower += LowerAscii(c);
  const bool protobuf = Contains(lower, "protobuf");
  Require(protobuf || ChooseFormat(lower, with_protobuf).format == chosen.format,
          "the case of a media type does not matter");
  const bool named = protobuf || Contains(lower, "plain") || Contains(lower, "openmetrics");
  lower += ",application/openmetrics-text;version=1.0.0";
  Require(named || ChooseFormat(lower, with_protobuf).format == Format::kOpenMetrics,
          "the only accepted format is used");
  Require(Contains(lower, "application/") || chosen.format == Format::kText,
          "OpenMetrics is accepted");
}

void CheckAccept(std::string_view value) {
  CheckAccept(value, false);
  CheckAccept(value, true);
}

void CheckTimeout(std::string_view value) {
  constexpr milliseconds kWithoutHeader(2'500);
  const milliseconds most = ScrapeTimeout(value, milliseconds(0), kWithoutHeader);
  const milliseconds less = ScrapeTimeout(value, milliseconds(500), kWithoutHeader);
  Require(most >= milliseconds(0) && most <= std::chrono::hours(24),
          "a scrape takes at most a day");
  Require(less == std::max(most - milliseconds(500), milliseconds(0)) ||
              (less == most && most == kWithoutHeader),
          "the offset is subtracted from the header's value");
  const bool digit = value.find_first_of("0123456789") != std::string_view::npos;
  Require(digit || most == kWithoutHeader, "text that is not a number is ignored");
}

void Check(std::string_view input) {
  const HeadResult result = ReadRequestHead(input);
  if (const auto* head = std::get_if<RequestHead>(&result)) {
    CheckAccepted(input, *head);
    CheckPieces(input, *head);
    const HttpRequest& request = head->request;
    CheckAcceptEncoding(request.JoinedHeader("Accept-Encoding"));
    CheckAccept(request.JoinedHeader("Accept"));
    CheckTimeout(request.JoinedHeader("X-Prometheus-Scrape-Timeout-Seconds"));
  } else if (const auto* refused = std::get_if<HeadError>(&result)) {
    CheckRefused(input, refused->status);
  } else {
    Require(input.size() < RequestHead::kMaxBytes * 2 || input.starts_with("\r\n"),
            "a head does not grow without limit");
  }
  CheckAcceptEncoding(input);
  CheckAccept(input);
  CheckTimeout(input);
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
