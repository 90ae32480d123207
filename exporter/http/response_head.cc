#include "http/response_head.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/timestamp.h"

namespace xplenty {
namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";  // optional: RFC 9112, section 4
  }
}

// No content sniffing, no framing, no referrer; a page may load or run nothing.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSecurityHeaders = {
    {{"X-Content-Type-Options", "nosniff"},
     {"X-Frame-Options", "deny"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
     {"Referrer-Policy", "no-referrer"}}};

void AppendHeader(std::string_view name, std::string_view value, std::string& head) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

HttpResponse ErrorResponse(int status, std::string_view detail) {
  std::string line = std::to_string(status).append(" ").append(ReasonPhrase(status));
  if (!detail.empty()) line.append(": ").append(detail);
  HttpResponse response = HttpResponse::Text(status, line);
  if (status == 405) response.headers.emplace_back("Allow", "GET, HEAD");
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string ResponseHead(const HttpResponse& response, bool close) {
  const WallTime now = std::chrono::system_clock::now();
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head.append(ReasonPhrase(response.status)).append("\r\n");
  AppendHeader("Content-Type", response.content_type, head);
  AppendHeader("Content-Length", std::to_string(response.body.size()), head);
  AppendHeader("Date", FormatHttpDate(std::chrono::floor<std::chrono::seconds>(now)), head);
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, head);
  for (const auto& [name, value] : kSecurityHeaders) {
    if (!response.HasHeader(name)) AppendHeader(name, value, head);
  }
  if (close) AppendHeader("Connection", "close", head);
  head += "\r\n";
  return head;
}

}  // namespace xplenty
