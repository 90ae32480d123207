#pragma once

#include <vector>

#include "collector/collector.h"
#include "collector/family_spec.h"

namespace xplenty {

struct OptionalFamilySpec {
  FamilySpec family;  // whose own `append` is not set
  void (*append)(const AccountView& view, const CollectOptions& options, Samples& samples){};
};

// What is shown if it is asked for: unfinished jobs one by one, and what the config expects.
const std::vector<OptionalFamilySpec>& OptionalFamilies();

}  // namespace xplenty
