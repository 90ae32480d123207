#include "status_page/html.h"

#include "base/ascii.h"

namespace xplenty {
namespace {

void AppendHtmlEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

bool IsWebUrl(std::string_view url) {
  return EqualsIgnoringCase(url.substr(0, 8), "https://") ||
         EqualsIgnoringCase(url.substr(0, 7), "http://");
}

}  // namespace

Html Html::Text(std::string_view text) {
  Html html;
  AppendHtmlEscaped(text, html.markup_);
  return html;
}

Html Html::Void(std::string_view name, Attributes attributes) {
  Html html;
  std::string& out = html.markup_;
  out.append("<").append(name);
  for (const auto& [attribute, value] : attributes) {
    out.append(" ").append(attribute).append("=\"");
    AppendHtmlEscaped(value, out);
    out += '"';
  }
  out += '>';
  return html;
}

Html Html::Element(std::string_view name, Attributes attributes, const Html& content) {
  Html html = Void(name, attributes);
  html.markup_.append(content.markup_).append("</").append(name).append(">");
  return html;
}

Html Html::WebLink(std::string_view url, std::string_view text) {
  if (!IsWebUrl(url)) return Text(text);
  return Element("a", {{"href", url}, {"rel", "noreferrer"}}, Text(text));
}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

}  // namespace xplenty
