#include "config/config_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/label_text.h"
#include "base/utf8.h"
#include "config/package_filter.h"
#include "config/settings.h"
#include "config/yaml_fields.h"

namespace xplenty {
namespace {

using Kind = YamlNode::Kind;

constexpr size_t kMaxBuckets = 200;
constexpr size_t kMaxReplacements = 100;  // of one label

// The labels that cannot be the new name of another one: some of our series have them, or
// Prometheus sets them or gives them a meaning.
constexpr std::array<std::string_view, 12> kReservedLabels = {
    "status",   "reason", "code",       "le",           "quantile",   "job",
    "instance", "job_id", "package_id", "package_name", "cluster_id", "cluster_name"};

bool IsLabelName(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) && !name.starts_with("__") &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// Reads the tree into a config. It goes on after a mistake to find the others.
class ConfigReader {
 public:
  ConfigReader(const std::string& path, Config& config) : yaml_(path), config_(config) {}

  Status Read(const YamlNode& root) {
    Fields sections;
    for (const Setting& setting : Settings()) {
      const std::string section(setting.Section());
      const auto known = std::ranges::find(sections, section, &Fields::value_type::first);
      if (!setting.in_file || known != sections.end()) continue;
      sections.emplace_back(section, [this, section](const YamlNode& node) {
        return yaml_.Map(node, section, FieldsOf(section));
      });
    }
    sections.emplace_back("accounts", [this](const YamlNode& node) { return Accounts(node); });
    Status status = yaml_.Map(root, "the config", sections);
    return status ? Agreement() : status;
  }

 private:
  using Field = YamlFields::Field;
  using Fields = YamlFields::Fields;

  Error At(const YamlNode& node, std::string_view what) const { return yaml_.At(node, what); }

  Fields FieldsOf(const std::string& section) {
    Fields fields;
    for (const Setting& setting : Settings()) {
      if (!setting.in_file || setting.Section() != section) continue;
      fields.emplace_back(setting.Key().substr(section.size() + 1), Value(setting));
    }
    if (section == "metrics") {
      fields.emplace_back("labels", [this](const YamlNode& node) { return Labels(node); });
      fields.emplace_back("runtime_buckets", Buckets(config_.metrics.runtime_buckets));
      fields.emplace_back("wait_buckets", Buckets(config_.metrics.wait_buckets));
    }
    return fields;
  }

  Field Value(const Setting& setting) {
    return [this, &setting](const YamlNode& node) -> Status {
      if (node.kind != Kind::kScalar) {
        return At(node, setting.Key() + ": one value is expected, such as " +
                            (setting.default_value.empty() ? "a text" : setting.default_value));
      }
      std::string text = node.text;
      if (setting.kind == Setting::Kind::kSwitch) {
        bool value = false;
        RETURN_IF_ERROR(yaml_.Bool(value)(node));
        text = value ? "true" : "false";
      }
      if (setting.kind == Setting::Kind::kPath) text = yaml_.Resolve(text);
      if (const auto problem = setting.set(config_, text)) {
        return At(node, setting.Key() + ": " + *problem);
      }
      if (setting.kind == Setting::Kind::kNumber && !node.plain) {
        return At(node, setting.Key() + ": a number is expected, not a text in quotes");
      }
      return OkStatus();
    };
  }

  Field Buckets(std::vector<double>& into) {
    return [this, &into](const YamlNode& node) -> Status {
      std::vector<double> bounds;
      const Field bound = [&](const YamlNode& item) -> Status {
        double seconds = 0;
        const char* const end = item.text.data() + item.text.size();
        const auto [stop, error] = std::from_chars(item.text.data(), end, seconds);
        if (!item.plain || error != std::errc() || stop != end || !std::isfinite(seconds) ||
            seconds < 0) {
          return At(item, node.key + ": \"" + item.text +
                              "\" is not a number of seconds (the bucket +Inf is always there)");
        }
        if (!bounds.empty() && seconds <= bounds.back()) {
          return At(item, node.key + ": bounds must ascend: " + item.text +
                              " is not above the one before");
        }
        bounds.push_back(seconds);
        return OkStatus();
      };
      RETURN_IF_ERROR(yaml_.List(bound)(node));
      if (bounds.empty() || bounds.size() > kMaxBuckets) {
        return At(node, node.key + ": 1 to " + std::to_string(kMaxBuckets) + " bounds expected");
      }
      into = std::move(bounds);
      return OkStatus();
    };
  }

  Status Labels(const YamlNode& node) {
    LabelScheme& labels = config_.metrics.labels;
    Status status = yaml_.Map(node, "labels",
                              {{"account", OneLabel(labels.account, /*may_replace=*/false)},
                               {"package", OneLabel(labels.package, /*may_replace=*/true)},
                               {"cluster", OneLabel(labels.cluster, /*may_replace=*/true)}});
    if (!status) return status;
    labels_ = &node;
    if (labels.account.name == labels.package.name || labels.account.name == labels.cluster.name ||
        labels.package.name == labels.cluster.name) {
      return At(node, "labels: two labels have the same name");
    }
    return status;
  }

  Field OneLabel(LabelRule& label, bool may_replace) {
    const Field value = [this, &label](const YamlNode& node) -> Status {
      constexpr std::array<std::pair<std::string_view, LabelValue>, 3> kSources = {
          {{"name", LabelValue::kName}, {"id", LabelValue::kId}, {"none", LabelValue::kNone}}};
      for (const auto& [name, source] : kSources) {
        if (node.kind != Kind::kScalar || node.text != name) continue;
        label.value = source;
        return OkStatus();
      }
      return At(node, "value: one of name, id, none is expected");
    };
    const Field rename = [this, &label](const YamlNode& node) -> Status {
      if (node.kind != Kind::kScalar || !IsLabelName(node.text)) {
        return At(node,
                  "rename: the name of a label is expected: letters, digits and _, not a digit or "
                  "__ first");
      }
      if (std::ranges::find(kReservedLabels, node.text) != kReservedLabels.end()) {
        return At(node, "rename: " + node.text +
                            " is taken by a label of Prometheus' or of the exporter's own");
      }
      label.name = node.text;
      return OkStatus();
    };
    Fields fields = {{"value", value}, {"rename", rename}};
    if (may_replace) fields.emplace_back("replace", Replacements(label.replace));
    return [this, fields](const YamlNode& node) {
      return yaml_.Map(node, "labels." + node.key, fields);
    };
  }

  Field Replacements(LabelReplacer& into) {
    return [this, &into](const YamlNode& node) -> Status {
      if (node.kind != Kind::kList) return At(node, "replace: a list is expected");
      if (node.items.size() > kMaxReplacements) {
        return At(node, "replace: at most " + std::to_string(kMaxReplacements) + " rules expected");
      }
      Status status = OkStatus();
      for (const YamlNode& item : node.items)
        status = Both(std::move(status), Replacement(item, into));
      return status;
    };
  }

  Status Replacement(const YamlNode& node, LabelReplacer& into) {
    const YamlNode* match = nullptr;
    const YamlNode* with = nullptr;
    const auto text = [this](const YamlNode*& place) -> Field {
      return [this, &place](const YamlNode& value) -> Status {
        if (value.kind != Kind::kScalar) return At(value, value.key + ": a text is expected");
        place = &value;
        return OkStatus();
      };
    };
    Status status = yaml_.Map(node, "replace", {{"match", text(match)}, {"with", text(with)}});
    if (!status) return status;
    if (match == nullptr || with == nullptr) return At(node, "replace: each needs match and with");
    status = into.Add(match->text, with->text);
    if (status) return status;
    // A right expression may always be replaced by nothing.
    const YamlNode& wrong = LabelReplacer().Add(match->text, "") ? *with : *match;
    return At(wrong, wrong.key + ": " + status.error().message);
  }

  Status Accounts(const YamlNode& node) {
    if (node.kind != Kind::kList) return At(node, "accounts: a list is expected");
    if (node.items.empty()) return At(node, "accounts: at least one account is expected");
    Status status = OkStatus();
    for (const YamlNode& item : node.items) status = Both(std::move(status), OneAccount(item));
    return status;
  }

  Status OneAccount(const YamlNode& node) {
    if (node.kind != Kind::kMap) return At(node, "accounts: each needs id and api_key_file");
    Config::Account account;
    const YamlNode* intervals = nullptr;
    account.key_location.text = yaml_.LocationOf(node);
    const Field expressions_of_packages = [&](const YamlNode& packages) {
      return yaml_.Map(packages, "packages",
                       {{"include", yaml_.List(Expression(account.include))},
                        {"exclude", yaml_.List(Expression(account.exclude))}});
    };
    Status status = yaml_.Map(node, "accounts",
                              {{"id", Unique("id", ids_, account.id)},
                               {"name", Unique("name", names_, account.name)},
                               {"api_key_file",
                                [&](const YamlNode& file) -> Status {
                                  account.key_location.text = yaml_.LocationOf(file);
                                  return yaml_.Path(account.api_key_file)(file);
                                }},
                               {"packages", expressions_of_packages},
                               {"expected_intervals", [&](const YamlNode& given) -> Status {
                                  intervals = &given;
                                  return ExpectedIntervals(given, account);
                                }}});
    if (!status) return status;
    if (account.id.empty())
      return At(node, "accounts: id is missing: the account in the API's URL");
    if (account.name.empty()) {
      account.name = account.id;
      RETURN_IF_ERROR(Note("name", names_, node, account.name));
    }
    if (intervals != nullptr) intervals_.emplace_back(intervals, config_.accounts.size());
    config_.accounts.push_back(std::move(account));
    return status;
  }

  using Known = std::map<std::string, std::string>;  // The position of each text.

  Field Unique(const char* what, Known& known, std::string& into) {
    return [this, what, &known, &into](const YamlNode& node) -> Status {
      RETURN_IF_ERROR(yaml_.Text(into)(node));
      if (into.empty() || CleanText(into, kMaxLabelBytes) != into) {
        return At(node, std::string(what) + ": 1 to " + std::to_string(kMaxLabelBytes) +
                            " bytes of printable UTF-8 are expected");
      }
      return Note(what, known, node, into);
    };
  }

  Status Note(const char* what, Known& known, const YamlNode& node, const std::string& text) {
    const auto [previous, is_new] = known.emplace(text, yaml_.LocationOf(node));
    if (is_new) return OkStatus();
    return At(node, "two accounts have the " + std::string(what) + " \"" + text +
                        "\": the other is at " + previous->second);
  }

  Field Expression(std::vector<std::string>& into) {
    return [this, &into](const YamlNode& node) -> Status {
      if (const auto filter = PackageFilter::Create({node.text}, {}); !filter) {
        return At(node, "packages: " + filter.error().message);
      }
      into.push_back(node.text);
      return OkStatus();
    };
  }

  Status ExpectedIntervals(const YamlNode& node, Config::Account& account) {
    if (node.kind != Kind::kMap) {
      return At(node, "expected_intervals: packages and durations such as 24h are expected");
    }
    Status status = OkStatus();
    for (const YamlNode& item : node.items) {
      const auto interval = ParseDuration(item.text);
      if (item.kind != Kind::kScalar || !interval || interval->count() == 0) {
        status = Both(std::move(status), At(item, "expected_intervals: " + item.key +
                                                      ": a duration such as 24h is expected"));
      } else {
        account.expected_intervals.emplace(item.key, *interval);
      }
    }
    return status;
  }

  // Fails if the filter hides such a package: an alert on its interval would never end.
  Status PackagesAreShown(const YamlNode& intervals, const Config::Account& account) const {
    const auto filter = PackageFilter::Create(account.include, account.exclude);
    for (const YamlNode& item : intervals.items) {
      if (filter && !filter->Includes(item.key)) {
        return At(item, "expected_intervals: packages leaves out \"" + item.key + "\"");
      }
    }
    return OkStatus();
  }

  // Checks what the sections agree on.
  Status Agreement() const {
    const LabelScheme& labels = config_.metrics.labels;
    if (labels.account.value == LabelValue::kNone && config_.accounts.size() > 1) {
      return At(*labels_, "labels: the account's label cannot be left out: there are several");
    }
    Status status = OkStatus();
    for (const auto& [node, account] : intervals_) {
      if (labels.package.value == LabelValue::kNone) {
        status = Both(std::move(status),
                      At(*node, "expected_intervals need the package's label, which is left out"));
      } else if (labels.package.value == LabelValue::kName && labels.package.replace.empty()) {
        status = Both(std::move(status), PackagesAreShown(*node, config_.accounts[account]));
      }
    }
    return status;
  }

  const YamlFields yaml_;
  Config& config_;
  Known ids_;
  Known names_;
  const YamlNode* labels_ = nullptr;                           // null: the file has no labels
  std::vector<std::pair<const YamlNode*, size_t>> intervals_;  // with the account's index
};

}  // namespace

Status ParseConfigFile(std::string_view text, const std::string& path, Config& config) {
  const auto root = ParseYaml(text, path);
  if (!root) return root.error();
  return ConfigReader(path, config).Read(*root);
}

}  // namespace xplenty
