// The input is the header fields of a response, one on each line.

#include <algorithm>
#include <string>
#include <vector>

#include "api/http_headers.h"
#include "base/timestamp.h"
#include "fuzz/fuzz.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

char Upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string UpperName(std::string_view line) {
  std::string shouted(line);
  const auto end = shouted.begin() + static_cast<ptrdiff_t>(std::min(line.find(':'), line.size()));
  std::transform(shouted.begin(), end, shouted.begin(), Upper);
  return shouted;
}

std::string Shout(std::string_view text) {
  std::string shouted;
  for (const char c : text) shouted += Upper(c);
  return shouted;
}

bool Same(const HttpHeaders& a, const HttpHeaders& b) {
  const RateLimit x = a.ReadRateLimit();
  const RateLimit y = b.ReadRateLimit();
  return a.RetryAfter() == b.RetryAfter() && a.HasNextLink() == b.HasNextLink() &&
         x.limit == y.limit && x.remaining == y.remaining && a.Find("Date") == b.Find("Date");
}

void CheckDate(std::string_view text) {
  HttpHeaders headers;
  headers.Add("Date", text);
  const auto date = headers.Date();
  if (!date) return;
  Require(ParseIso8601(FormatIso8601(*date)) == *date, "a date can be written and read again");
  headers = {};
  headers.Add("Date", FormatHttpDate(*date));
  Require(headers.Date() == *date, "the preferred form of a date is read");
}

void CheckRetryAfter(const HttpHeaders& headers) {
  const auto retry_after = headers.RetryAfter();
  const auto value = headers.Find("Retry-After");
  Require(!retry_after || (*retry_after >= seconds(0) && *retry_after <= std::chrono::hours(1)),
          "a wait is from 0 to one hour");
  Require(!retry_after || value, "there is no wait without the field");
  if (!value || value->empty()) return;
  const bool digits = value->find_first_not_of("0123456789") == std::string_view::npos;
  Require(!digits || retry_after, "a number of seconds is a wait");
  Require(digits || !retry_after || headers.Find("Date"),
          "a date needs a Date to be compared with");
}

void CheckNextLink(HttpHeaders headers, const std::vector<std::string>& lines) {
  const auto may_lead_on = [](const std::string& line) {
    std::string text = Shout(line);
    std::erase(text, '\\');  // which begins a quoted pair
    return text.starts_with("LINK:") && Contains(text, "<") && Contains(text, "REL") &&
           Contains(text, "NEXT");
  };
  Require(!headers.HasNextLink() || std::ranges::any_of(lines, may_lead_on),
          "a next page comes from a Link with that relation");
  headers.AddLine("Link: </jobs?offset=100>; rel=\"prev next\"");
  Require(headers.HasNextLink(), "a valid field is read after any other text");
}

void CheckRateLimit(const HttpHeaders& headers) {
  const RateLimit rate = headers.ReadRateLimit();
  Require(rate.limit.value_or(0) >= 0 && rate.remaining.value_or(0) >= 0,
          "limits are not negative");
  Require(!rate.limit || headers.Find("x-ratelimit-limit"), "there is no limit without the field");
  Require(!rate.remaining || headers.Find("x-ratelimit-remaining"),
          "there is no remaining number without the field");
}

void CheckValues(const HttpHeaders& headers, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string::npos) continue;
    const auto value = headers.Find(line.substr(0, colon));
    Require(value.has_value(), "a field that was added is found");
    if (value->empty()) continue;
    Require(!Contains(" \t\r\n", value->substr(0, 1)) &&
                !Contains(" \t\r\n", value->substr(value->size() - 1)),
            "blanks around a value are removed");
  }
}

void Check(std::string_view input) {
  HttpHeaders headers;
  HttpHeaders shouted;
  std::vector<std::string> lines;
  while (!input.empty()) {
    lines.emplace_back(TakeLine(input));
    headers.AddLine(lines.back());
    shouted.AddLine(UpperName(lines.back()) + "\r\n");
    CheckDate(lines.back());
  }
  Require(Same(headers, shouted), "case of names and kind of line ends do not matter");
  shouted.AddLine("no field");
  shouted.AddLine(": no name");
  Require(Same(headers, shouted), "a line that is not a field is ignored");
  if (const auto date = headers.Find("Date")) CheckDate(*date);
  CheckValues(headers, lines);
  CheckRetryAfter(headers);
  CheckRateLimit(headers);
  CheckNextLink(headers, lines);
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
