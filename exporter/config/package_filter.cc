#include "config/package_filter.h"

#include <algorithm>
#include <utility>

#include <re2/re2.h>

namespace xplenty {

Result<PackageFilter> PackageFilter::Create(const std::vector<std::string>& include,
                                            const std::vector<std::string>& exclude) {
  PackageFilter filter;
  auto included = Compile(include);
  if (!included) return included.error();
  auto excluded = Compile(exclude);
  if (!excluded) return excluded.error();
  filter.include_ = std::move(*included);
  filter.exclude_ = std::move(*excluded);
  return filter;
}

bool PackageFilter::Includes(std::string_view package) const {
  return (include_.empty() || AnyMatches(include_, package)) && !AnyMatches(exclude_, package);
}

Result<PackageFilter::Expressions> PackageFilter::Compile(
    const std::vector<std::string>& expressions) {
  Expressions compiled;
  for (const std::string& expression : expressions) {
    auto next = std::make_shared<const re2::RE2>(expression, re2::RE2::Quiet);
    if (!next->ok()) {
      return Error{ErrorCode::kInvalidArgument,
                   "\"" + expression + "\" is not an RE2 expression: " + next->error()};
    }
    compiled.push_back(std::move(next));
  }
  return compiled;
}

bool PackageFilter::AnyMatches(const Expressions& expressions, std::string_view package) {
  return std::ranges::any_of(expressions, [&](const auto& expression) {
    return re2::RE2::FullMatch({package.data(), package.size()}, *expression);
  });
}

}  // namespace xplenty
