#include "model/label_replacer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <re2/re2.h>

#include "base/label_text.h"

namespace xplenty {
namespace {

constexpr size_t kMaxGroups = 10;  // $0 to $9

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

// Returns `with` as RE2 writes it: \1 for $1.
Result<std::string> RewriteOf(std::string_view with, int groups) {
  std::string rewrite;
  for (size_t i = 0; i < with.size(); ++i) {
    if (with[i] == '\\') rewrite += '\\';
    if (with[i] != '$') {
      rewrite += with[i];
      continue;
    }
    const char next = ++i < with.size() ? with[i] : '\0';
    if (next == '$') {
      rewrite += '$';
    } else if (next < '0' || next > '9') {
      return Invalid("\"" + std::string(with) +
                     "\": $ stands before the digit of a group, or twice for a dollar");
    } else if (next - '0' > groups) {
      return Invalid("\"" + std::string(with) + "\": $" + next +
                     " is a group that the expression does not have");
    } else {
      rewrite += {'\\', next};
    }
  }
  return rewrite;
}

}  // namespace

struct LabelReplacer::Rule {
  std::string match;
  std::string with;
  re2::RE2 expression;
  std::string rewrite;
  int groups;  // that the rewrite needs, with that of the whole value
};

Status LabelReplacer::Add(const std::string& match, const std::string& with) {
  if (match.empty()) return Invalid("an RE2 expression is expected");
  const re2::RE2 expression(match, re2::RE2::Quiet);
  if (!expression.ok()) {
    return Invalid("\"" + match + "\" is not an RE2 expression: " + expression.error());
  }
  auto rewrite = RewriteOf(with, expression.NumberOfCapturingGroups());
  if (!rewrite) return rewrite.error();
  const int groups = re2::RE2::MaxSubmatch(*rewrite) + 1;
  rules_.push_back(std::shared_ptr<const Rule>(new Rule{.match = match,
                                                        .with = with,
                                                        .expression{match, re2::RE2::Quiet},
                                                        .rewrite = std::move(*rewrite),
                                                        .groups = groups}));
  return OkStatus();
}

std::string LabelReplacer::Apply(std::string value) const {
  std::array<re2::StringPiece, kMaxGroups> groups;
  for (const auto& rule : rules_) {
    if (!rule->expression.Match(value, 0, value.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                                rule->groups)) {
      continue;
    }
    std::string replaced;
    rule->expression.Rewrite(&replaced, rule->rewrite, groups.data(), rule->groups);
    return LabelText(replaced);
  }
  return value;
}

bool operator==(const LabelReplacer& one, const LabelReplacer& other) {
  return std::ranges::equal(one.rules_, other.rules_, [](const auto& a, const auto& b) {
    return a->match == b->match && a->with == b->with;
  });
}

}  // namespace xplenty
