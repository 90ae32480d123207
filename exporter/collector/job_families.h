#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// Returns the families of one series: a package on a cluster.
const std::vector<FamilySpec<SeriesView>>& JobFamilies();

}  // namespace xplenty
