#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families labelled by package and cluster.
const std::vector<FamilySpec>& JobFamilies();

}  // namespace xplenty
