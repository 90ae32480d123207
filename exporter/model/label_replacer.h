#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace xplenty {

// Replaces values of a label by rules, of which the first that matches applies. Copies share their
// rules. Two are equal if their rules are. Safe from any thread once all rules are added.
class LabelReplacer {
 public:
  // Adds a rule behind the others. `match` is an RE2 expression for the whole value, as package
  // filters have them. `with` replaces the value: $1 to $9 in it stand for the expression's groups,
  // $0 for the value, $$ for a dollar. Fails (kInvalidArgument) if the expression is empty or
  // wrong, or if `with` has another $ or a group that the expression lacks. The message says why.
  Status Add(const std::string& match, const std::string& with);

  // Returns whether there are no rules.
  bool empty() const { return rules_.empty(); }

  // Returns the value, as the rules have replaced it: a LabelText(), which may be empty. A value
  // that no rule matches is returned as it is.
  std::string Apply(std::string value) const;

  friend bool operator==(const LabelReplacer& one, const LabelReplacer& other);

 private:
  struct Rule;
  std::vector<std::shared_ptr<const Rule>> rules_;
};

}  // namespace xplenty
