#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families of one package on one cluster.
const std::vector<FamilySpec<SeriesView>>& JobFamilies();

}  // namespace xplenty
