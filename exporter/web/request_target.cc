#include "web/request_target.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace xplenty {
namespace {

enum class Plus { kItself, kSpace };

std::string Decode(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const std::string_view digits = text[i] == '%' ? text.substr(i + 1, 2) : std::string_view();
    const char* const end = digits.data() + digits.size();
    if (digits.size() == 2 && std::from_chars(digits.data(), end, byte, 16).ptr == end) {
      decoded += static_cast<char>(byte);
      i += digits.size();
    } else {
      decoded += text[i] == '+' && plus == Plus::kSpace ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string_view Take(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

void DecodeTarget(std::string_view target, HttpRequest& request) {
  request.path = Decode(Take(target, '?'), Plus::kItself);
  while (!target.empty()) {
    std::string_view value = Take(target, '&');
    if (value.empty()) continue;
    std::string name = Decode(Take(value, '='), Plus::kSpace);
    request.params.emplace_back(std::move(name), Decode(value, Plus::kSpace));
  }
}

}  // namespace xplenty
