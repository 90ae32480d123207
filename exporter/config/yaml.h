#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace xplenty {

// A value of a YAML file and where it stands.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text{};             // of a scalar
  bool plain = false;             // a scalar without quotes: it may be a number or a boolean
  std::vector<YamlNode> items{};  // of a list; of a map its values
  std::string key{};              // of a map's value
  int line = 1;                   // both from 1; of a map's value those of its key
  int column = 1;
};

// Reads the one document of `text`; an empty one is null. Stricter than YAML: no key twice, keys
// are scalars, no aliases (and so no bombs of them), one document. Errors are
// "FILE:LINE:COLUMN: what", with `file` as the name.
Result<YamlNode> ParseYaml(std::string_view text, const std::string& file);

// "FILE:LINE:COLUMN".
std::string PlaceOf(const std::string& file, const YamlNode& node);

// "FILE:LINE:COLUMN: what".
Error ErrorAt(const std::string& file, const YamlNode& node, std::string_view what);

}  // namespace xplenty
