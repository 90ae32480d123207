#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families about the ledger itself.
const std::vector<FamilySpec<AccountView>>& LedgerFamilies();

}  // namespace xplenty
