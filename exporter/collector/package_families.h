#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// Returns the families of one package.
const std::vector<FamilySpec<PackageView>>& PackageFamilies();

// Return the families that say what a label's value stands for. Their labels hold it all.
const std::vector<FamilySpec<LabelInfo>>& PackageInfoFamilies();
const std::vector<FamilySpec<LabelInfo>>& ClusterInfoFamilies();

}  // namespace xplenty
