#pragma once

#include <string>

#include "model/label_replacer.h"

namespace xplenty {

// The source of a label's value.
enum class LabelValue {
  kName,  // The API's name, or the id where the API gives no name.
  kId,    // The id, or the name where the API gives no id.
  kNone,  // The label is left out. Series that differ in it alone become one.
};

// How one label is written. `name` is a label name of Prometheus; `replace` applies to the values,
// be they names or ids.
struct LabelRule {
  std::string name{};
  LabelValue value = LabelValue::kName;
  LabelReplacer replace{};
  friend bool operator==(const LabelRule&, const LabelRule&) = default;
};

// How the series of one account are labelled. The three names differ.
struct LabelScheme {
  LabelRule account{.name = "account"};
  LabelRule package{.name = "package"};
  LabelRule cluster{.name = "cluster"};
  friend bool operator==(const LabelScheme&, const LabelScheme&) = default;
};

// Returns the setting that makes fewer series where each run has a cluster of its own.
inline std::string SettingForFewerSeries(const LabelScheme& labels) {
  if (labels.cluster.value == LabelValue::kNone) return "metrics.labels.package.replace";
  return "metrics.labels.cluster.replace, or metrics.labels.cluster.value: none";
}

}  // namespace xplenty
