#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace xplenty {

// A piece of HTML that is made of elements and text alone. Texts and values of attributes are
// escaped, so that no input can become markup. Names of elements and attributes are not: they must
// be the program's own. Not thread-safe.
class Html {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Makes an empty piece.
  Html() = default;

  // Returns a text.
  static Html Text(std::string_view text);

  // Returns an element with its content and its end tag.
  static Html Element(std::string_view name, Attributes attributes, const Html& content);
  static Html Element(std::string_view name, const Html& content) {
    return Element(name, {}, content);
  }

  // Returns an element that has neither content nor end tag, such as <meta>.
  static Html Void(std::string_view name, Attributes attributes);

  // Returns a link if the URL is http or https, else the text alone. The browser sends no referrer.
  static Html WebLink(std::string_view url, std::string_view text);

  // Append.
  Html& operator+=(const Html& more);
  friend Html operator+(Html a, const Html& b) { return std::move(a += b); }

  // Returns whether the piece has no markup.
  bool empty() const { return markup_.empty(); }

  // Returns the piece as it is sent.
  const std::string& markup() const { return markup_; }

 private:
  std::string markup_;
};

}  // namespace xplenty
