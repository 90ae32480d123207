#include "web/canned_response.h"

namespace xplenty {

std::string_view ReasonPhrase(int status) {
  switch (status) {
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
      return "";
  }
}

std::string CannedResponse(int status, std::string_view detail) {
  std::string line = std::to_string(status) + ' ' + std::string(ReasonPhrase(status));
  std::string response = "HTTP/1.1 " + line + "\r\n";
  if (!detail.empty()) line += ": " + std::string(detail);
  if (status == 405) response += "Allow: GET, HEAD\r\n";
  if (status == 503) response += "Retry-After: 1\r\n";
  response +=
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: " +
      std::to_string(line.size() + 1) + "\r\n";
  for (const auto& [name, value] : kSecurityHeaders) {
    response += std::string(name) + ": " + std::string(value) + "\r\n";
  }
  response += "Connection: close\r\n\r\n";
  response += line;
  response += '\n';
  return response;
}

}  // namespace xplenty
