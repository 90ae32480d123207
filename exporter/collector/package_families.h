#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families labelled by package or cluster alone.
const std::vector<FamilySpec>& PackageFamilies();

}  // namespace xplenty
