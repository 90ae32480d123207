#include "http/accept_list.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace xplenty {
namespace {

// Returns the position after the quoted string that starts at `begin`; npos if it does not end.
size_t EndOfQuoted(std::string_view text, size_t begin) {
  for (size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// The same as TakeUntil(), but ignores separators inside quotes.
std::string_view TakeUnquoted(std::string_view& rest, char separator) {
  size_t end = 0;
  bool quotes = true;
  while (end < rest.size() && rest[end] != separator) {
    const size_t closed =
        quotes && rest[end] == '"' ? EndOfQuoted(rest, end) : std::string_view::npos;
    if (rest[end] == '"' && closed == std::string_view::npos)
      quotes = false;  // no quote closes any more
    end = closed == std::string_view::npos ? end + 1 : closed;
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return TrimBlanks(part);
}

std::string Unquoted(std::string_view text) {
  if (text.empty() || text.front() != '"' || EndOfQuoted(text, 0) != text.size()) {
    return std::string(text);
  }
  std::string plain;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    plain += text[i];
  }
  return plain;
}

double ParseWeight(std::string_view text) {
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  return weight > 0 ? std::min(weight, 1.0) : 0;  // NaN is not above 0
}

AcceptElement ParseElement(std::string_view text) {
  AcceptElement element{.value = TakeUnquoted(text, ';'), .parameters = {}};
  bool weighted = false;
  while (!text.empty()) {
    std::string_view parameter = TakeUnquoted(text, ';');
    const std::string_view name = TakeUntil(parameter, '=');
    std::string value = Unquoted(TrimBlanks(parameter));
    if (!EqualsIgnoringCase(name, "q")) {
      if (!name.empty()) element.parameters.emplace_back(name, std::move(value));
    } else if (!weighted) {
      element.weight = ParseWeight(value);
      weighted = true;
    }
  }
  return element;
}

}  // namespace

std::optional<std::string_view> AcceptElement::Parameter(std::string_view name) const {
  const auto found = std::ranges::find_if(parameters, [name](const auto& parameter) {
    return EqualsIgnoringCase(parameter.first, name);
  });
  if (found == parameters.end()) return std::nullopt;
  return found->second;
}

std::vector<AcceptElement> ParseAcceptList(std::string_view list) {
  std::vector<AcceptElement> elements;
  while (!list.empty()) {
    AcceptElement element = ParseElement(TakeUnquoted(list, ','));
    if (!element.value.empty()) elements.push_back(std::move(element));
  }
  return elements;
}

}  // namespace xplenty
