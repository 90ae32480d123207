#pragma once

#include <string_view>
#include <vector>

#include <prometheus/metric_type.h>

#include "collector/samples.h"
#include "exposition/metric_family.h"
#include "model/account_view.h"

namespace xplenty {

using Samples = std::vector<Metric>;

// A family is a row: its name is written once, here without the suffixes (`_total`, `_bucket`) that
// the encoders add.
template <typename Subject>
struct FamilySpec {
  std::string_view name;
  prometheus::MetricType type{};
  std::string_view help;
  // The samples of one subject, which its labels tell from others.
  void (*append)(const Subject& subject, const Labels& labels, Samples& samples){};
  bool ViewFrame::*shown_while = nullptr;  // null: always
};

}  // namespace xplenty
