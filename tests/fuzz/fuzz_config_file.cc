// The input is the file of --config.file.

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/label_text.h"
#include "config/config_file.h"
#include "config/package_filter.h"
#include "fuzz/fuzz.h"

namespace xplenty {
namespace {

void CheckBuckets(const std::vector<double>& bounds) {
  Require(!bounds.empty() && bounds.front() >= 0, "a histogram has bounds");
  Require(std::ranges::adjacent_find(bounds, std::greater_equal()) == bounds.end(),
          "bounds ascend");
}

void CheckReplacements(const LabelReplacer& replacer) {
  for (const std::string value : {"", "sales", "Daily Test #100", "cyan-wave-764", "größe"}) {
    const std::string label = replacer.Apply(value);
    Require(label.size() <= kMaxLabelBytes && IsCleanText(label), "a result is valid as a label");
  }
}

void CheckAccounts(const Config& config) {
  std::set<std::string> ids;
  std::set<std::string> names;
  for (const Config::Account& account : config.accounts) {
    Require(!account.id.empty() && IsCleanText(account.id), "an id is valid as a label");
    Require(!account.name.empty() && IsCleanText(account.name), "a name is valid as a label");
    Require(ids.insert(account.id).second, "an id is unique");
    Require(names.insert(account.name).second, "a name is unique");
    const auto filter = PackageFilter::Create(account.include, account.exclude);
    Require(filter.has_value(), "the expressions of a filter compile");
    for (const auto& [package, interval] : account.expected_intervals) {
      Require(interval.count() > 0, "an interval is not 0");
    }
  }
}

void Check(std::string_view text) {
  Config config;
  const Status status = ParseConfigFile(text, "/x.yml", config);
  if (!status) {
    std::string_view rest = status.error().message;
    Require(!rest.empty(), "an error has a message");
    Require(rest.starts_with("/x.yml:"), "an error names the file");
    return;
  }
  CheckAccounts(config);
  CheckBuckets(config.metrics.runtime_buckets);
  CheckBuckets(config.metrics.wait_buckets);
  const LabelScheme& labels = config.metrics.labels;
  Require(labels.account.name != labels.package.name &&
              labels.account.name != labels.cluster.name &&
              labels.package.name != labels.cluster.name,
          "label names differ");
  Require(labels.account.replace.empty(), "the account's label has no replacements");
  CheckReplacements(labels.package.replace);
  CheckReplacements(labels.cluster.replace);
  Require(labels.account.value != LabelValue::kNone || config.accounts.size() < 2,
          "accounts have different labels");
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
