#pragma once

#include <string_view>
#include <vector>

#include <prometheus/metric_type.h>

#include "exposition/metric_family.h"
#include "ledger/account_view.h"

namespace xplenty {

using Samples = std::vector<Metric>;

// A family is a row: its name is written once, here without the suffixes (`_total`, `_bucket`) that
// the encoders add.
struct FamilySpec {
  std::string_view name;
  prometheus::MetricType type{};
  std::string_view help;
  void (*append)(const AccountView& view, Samples& samples){};  // one account's samples
};

}  // namespace xplenty
