#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace xplenty {

// Decides which packages of an account are shown: those that an expression of `include` matches
// (all packages if it is empty) and none of `exclude`. Expressions are RE2's, as are Prometheus',
// and match the whole name. Immutable, safe from any thread.
class PackageFilter {
 public:
  // Fails (kInvalidArgument) on a text that is not an expression; the message says why.
  static Result<PackageFilter> Create(const std::vector<std::string>& include,
                                      const std::vector<std::string>& exclude);

  // Returns whether the package is shown.
  bool Includes(std::string_view package) const;

  // Returns whether there are no expressions, so that all packages are shown.
  bool IncludesAll() const { return include_.empty() && exclude_.empty(); }

 private:
  using Expressions = std::vector<std::shared_ptr<const re2::RE2>>;
  static Result<Expressions> Compile(const std::vector<std::string>& expressions);
  static bool AnyMatches(const Expressions& expressions, std::string_view package);

  Expressions include_;
  Expressions exclude_;
};

}  // namespace xplenty
