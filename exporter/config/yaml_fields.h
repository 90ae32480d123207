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

// Reads a YAML tree by tables of the keys that its maps may have. Errors name file, line and
// column, and what is expected; the mistakes of one map are all reported, a line each.
class YamlFields {
 public:
  // Reads the value of a key, or an entry of a list.
  using Field = std::function<Status(const YamlNode&)>;
  using Fields = std::vector<std::pair<std::string, Field>>;  // Readers by key.

  // `path` is the file's place.
  explicit YamlFields(std::string path) : path_(std::move(path)) {}

  // Return an error about a node, and its position.
  Error At(const YamlNode& node, std::string_view what) const;
  std::string LocationOf(const YamlNode& node) const;

  // Reads a map. A null counts as an empty map, and a value that is null as a missing key. Errors
  // call the map `name`.
  Status Map(const YamlNode& node, std::string_view name, const Fields& fields) const;

  // Return readers of a text, a boolean, and a path relative to the folder of the file. They write
  // into their argument; it and this must outlive them.
  Field Text(std::string& into) const;
  Field Bool(bool& into) const;
  Field Path(std::string& into) const;

  // Returns a reader of a list of scalars, which calls `item` for each. This must outlive it.
  Field List(Field item) const;

  // Returns a path of the file as the program can open it; an empty one stays empty.
  std::string Resolve(const std::string& path) const;

 private:
  const std::string path_;
};

// Returns the errors of both, a line each.
Status Both(Status one, Status other);

// Returns the names that are not empty: "a, b, c".
std::string Names(std::span<const std::string_view> names);

}  // namespace xplenty
