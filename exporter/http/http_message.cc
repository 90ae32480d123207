#include "http/http_message.h"

#include <algorithm>

#include "http/ascii.h"

namespace xplenty {

std::optional<std::string_view> HttpRequest::Param(std::string_view name) const {
  const auto found = std::ranges::find(params, name, &HttpFields::value_type::first);
  if (found == params.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [name](const auto& field) { return EqualsIgnoringCase(field.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::string HttpRequest::JoinedHeader(std::string_view name) const {
  std::string joined;
  for (const auto& [field, value] : headers) {
    if (!EqualsIgnoringCase(field, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  return joined;
}

bool HttpResponse::HasHeader(std::string_view name) const {
  return std::ranges::any_of(
      headers, [name](const auto& field) { return EqualsIgnoringCase(field.first, name); });
}

HttpResponse HttpResponse::Text(int status, std::string_view line) {
  HttpResponse response;
  response.status = status;
  response.body = ResponseBody(std::string(line) + "\n");
  return response;
}

}  // namespace xplenty
