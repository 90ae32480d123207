#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace xplenty {

// Markup that is made of elements and text alone: whatever goes in as text or as the value of an
// attribute is escaped, so that no input can become markup.
class Html {
 public:
  // Names of elements and attributes are those of the program, never input.
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Html() = default;
  static Html Text(std::string_view text);
  static Html Element(std::string_view name, Attributes attributes, const Html& content);
  static Html Element(std::string_view name, const Html& content) {
    return Element(name, {}, content);
  }
  // One that has no content and no end tag, such as <meta>.
  static Html Void(std::string_view name, Attributes attributes);
  // A link to a page of the web: only of an http or https URL, else the text alone.
  static Html WebLink(std::string_view url, std::string_view text);

  Html& operator+=(const Html& more);
  friend Html operator+(Html a, const Html& b) { return std::move(a += b); }

  bool empty() const { return markup_.empty(); }
  const std::string& markup() const { return markup_; }

 private:
  std::string markup_;
};

}  // namespace xplenty
