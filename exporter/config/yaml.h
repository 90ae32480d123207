#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace xplenty {

// A value of a YAML file and its position there.
struct YamlNode {
  // The four kinds of values; a text, number or boolean is a scalar.
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text{};             // The text of a scalar.
  bool plain = false;             // The scalar has no quotes: it may be a number or a boolean.
  std::vector<YamlNode> items{};  // The entries of a list, or the values of a map.
  std::string key{};              // The key of a map's value.
  int line = 1;                   // The position, from 1; a map's value has that of its key.
  int column = 1;
};

// Reads the document of a YAML file; an empty file is null. It is stricter than YAML 1.2: a key
// stands once, keys are scalars, there are no aliases (and so none that grow without bound), and
// there is one document. Errors are "FILE:LINE:COLUMN: what", with `file` as the file's name.
Result<YamlNode> ParseYaml(std::string_view text, const std::string& file);

// Returns the position of a node: "FILE:LINE:COLUMN".
std::string LocationOf(const std::string& file, const YamlNode& node);

// Returns an error about a node: "FILE:LINE:COLUMN: what" (kInvalidArgument).
Error ErrorAt(const std::string& file, const YamlNode& node, std::string_view what);

}  // namespace xplenty
