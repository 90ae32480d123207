#pragma once

#include <cstddef>
#include <string_view>

#include <prometheus/metric_type.h>

#include "collector/samples.h"
#include "model/account_view.h"

namespace xplenty {

// A row of a table of families. A family has samples for each of its subjects, for example for each
// series; the subject's labels tell them from those of others.
template <typename Subject>
struct FamilySpec {
  // The name without the suffixes (`_total`, `_bucket`) that the encoders add.
  std::string_view name;
  prometheus::MetricType type{};
  std::string_view help;
  // Returns the sample of a subject for one value of `by`, which is given as its index; 0 without
  // `by`. A histogram always has one, with all its buckets.
  Sample (*sample)(const Subject& subject, size_t value){};
  // The family is empty while this member of the header is false; null: it is always shown.
  bool ViewHeader::*shown_while = nullptr;
  // The label that splits the samples of a subject; null: there is one sample without such a label.
  const LabelValues* by = nullptr;
};

// The two conditions for families about jobs: counters are shown once they are whole, and the
// present only while it is known.
inline constexpr auto kWhileCounted = &ViewHeader::initial_sync_complete;
inline constexpr auto kWhileCurrent = &ViewHeader::state_current;

}  // namespace xplenty
