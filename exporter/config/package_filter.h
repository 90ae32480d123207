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

// Which packages of an account are shown: those that any of `include` matches (all, if there is
// none) and none of `exclude`. Expressions are RE2's, as Prometheus' are, and match the whole name.
// Immutable, safe from any thread.
class PackageFilter {
 public:
  // Fails (kInvalidArgument) on an expression that is none, and says why.
  static Result<PackageFilter> Create(const std::vector<std::string>& include,
                                      const std::vector<std::string>& exclude);

  bool Includes(std::string_view package) const;
  bool IncludesAll() const { return include_.empty() && exclude_.empty(); }

 private:
  using Expressions = std::vector<std::shared_ptr<const re2::RE2>>;
  static Result<Expressions> Compile(const std::vector<std::string>& expressions);
  static bool AnyMatches(const Expressions& expressions, std::string_view package);

  Expressions include_;
  Expressions exclude_;
};

}  // namespace xplenty
