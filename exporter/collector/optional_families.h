#pragma once

#include <vector>

#include "collector/collector.h"
#include "collector/family_spec.h"

namespace xplenty {

struct ViewAndOptions {
  const AccountView& view;
  const CollectOptions& options;
};

// What is shown if it is asked for: unfinished jobs one by one, and what the config expects.
const std::vector<FamilySpec<ViewAndOptions>>& OptionalFamilies();

}  // namespace xplenty
