#include "config/yaml_fields.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace xplenty {

using Kind = YamlNode::Kind;

Status Both(Status one, Status other) {
  if (one) return other;
  if (other) return one;
  return Error{ErrorCode::kInvalidArgument, one.error().message + '\n' + other.error().message};
}

std::string Names(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

Error YamlFields::At(const YamlNode& node, std::string_view what) const {
  return ErrorAt(path_, node, what);
}

std::string YamlFields::LocationOf(const YamlNode& node) const {
  return xplenty::LocationOf(path_, node);
}

Status YamlFields::Map(const YamlNode& node, std::string_view name, const Fields& fields) const {
  if (node.kind == Kind::kNull) return OkStatus();
  if (node.kind != Kind::kMap) return At(node, std::string(name) + ": keys and values expected");
  Status status = OkStatus();
  for (const YamlNode& item : node.items) {
    const auto field = std::ranges::find(fields, item.key, &Fields::value_type::first);
    if (field == fields.end()) {
      std::vector<std::string_view> known;
      for (const auto& [key, reader] : fields) known.push_back(key);
      status = Both(std::move(status),
                    At(item, "unknown key \"" + item.key + "\" in " + std::string(name) +
                                 ": expected one of " + Names(known)));
    } else if (item.kind != Kind::kNull) {
      status = Both(std::move(status), field->second(item));
    }
  }
  return status;
}

YamlFields::Field YamlFields::Text(std::string& into) const {
  return [this, &into](const YamlNode& node) -> Status {
    if (node.kind != Kind::kScalar) return At(node, node.key + ": a text is expected");
    into = node.text;
    return OkStatus();
  };
}

std::string YamlFields::Resolve(const std::string& path) const {
  if (path.empty()) return path;
  return (std::filesystem::path(path_).parent_path() / path).string();
}

YamlFields::Field YamlFields::Path(std::string& into) const {
  return [this, &into](const YamlNode& node) -> Status {
    RETURN_IF_ERROR(Text(into)(node));
    into = Resolve(into);
    return OkStatus();
  };
}

YamlFields::Field YamlFields::Bool(bool& into) const {
  return [this, &into](const YamlNode& node) -> Status {
    constexpr std::array<std::string_view, 11> kTrue = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                                        "on",   "On",   "ON",   "y",   "Y"};
    constexpr std::array<std::string_view, 11> kFalse = {
        "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"};
    const bool is_true = std::ranges::find(kTrue, node.text) != kTrue.end();
    const bool is_false = std::ranges::find(kFalse, node.text) != kFalse.end();
    if (!node.plain || (!is_true && !is_false)) {
      return At(node, node.key + ": true or false is expected");
    }
    into = is_true;
    return OkStatus();
  };
}

YamlFields::Field YamlFields::List(Field item) const {
  return [this, item = std::move(item)](const YamlNode& node) -> Status {
    if (node.kind != Kind::kList) return At(node, node.key + ": a list is expected");
    Status status = OkStatus();
    for (const YamlNode& entry : node.items) {
      if (entry.kind != Kind::kScalar) {
        status = Both(std::move(status), At(entry, node.key + ": a list of texts is expected"));
      } else {
        status = Both(std::move(status), item(entry));
      }
    }
    return status;
  };
}

}  // namespace xplenty
