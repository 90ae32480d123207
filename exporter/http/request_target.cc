#include "http/request_target.h"

#include <charconv>
#include <string>
#include <utility>

#include "base/ascii.h"

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

}  // namespace

void DecodeTarget(std::string_view target, HttpRequest& request) {
  request.path = Decode(TakeUntil(target, '?'), Plus::kItself);
  while (!target.empty()) {
    std::string_view value = TakeUntil(target, '&');
    if (value.empty()) continue;
    std::string name = Decode(TakeUntil(value, '='), Plus::kSpace);
    request.params.emplace_back(std::move(name), Decode(value, Plus::kSpace));
  }
}

}  // namespace xplenty
