#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families of one package.
const std::vector<FamilySpec<PackageView>>& PackageFamilies();

// Of what is behind a label. Their labels tell it all.
const std::vector<FamilySpec<LabelInfo>>& PackageInfoFamilies();
const std::vector<FamilySpec<LabelInfo>>& ClusterInfoFamilies();

}  // namespace xplenty
