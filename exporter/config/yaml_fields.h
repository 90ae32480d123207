#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/yaml.h"

namespace xplenty {

// Reads a YAML tree by tables of what its maps may hold. What is wrong is said with file, line and
// column, and what was expected; what is wrong in one map is said all at once, a line each.
class YamlFields {
 public:
  using Field = std::function<Status(const YamlNode&)>;
  using Fields = std::vector<std::pair<std::string, Field>>;

  explicit YamlFields(std::string path) : path_(std::move(path)) {}

  Error At(const YamlNode& node, std::string_view what) const;
  std::string PlaceOf(const YamlNode& node) const;

  // A null is as if the key were not there, of the map itself as of its values. `name` is for
  // errors.
  Status Map(const YamlNode& node, std::string_view name, const Fields& fields) const;

  // They write into what they are given, which must outlive them, as must this.
  Field Text(std::string& into) const;
  Field Bool(bool& into) const;
  // Of texts; relative to the folder of the file.
  Field Path(std::string& into) const;
  std::string Resolve(const std::string& path) const;
  // Calls `item` for each entry, which is a scalar.
  Field List(Field item) const;

 private:
  const std::string path_;
};

// Both, a line each.
Status Both(Status one, Status other);

// "a, b, c" without the empty ones.
std::string Names(std::span<const std::string_view> names);

}  // namespace xplenty
