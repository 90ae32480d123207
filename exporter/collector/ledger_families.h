#pragma once

#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// Returns the families about the ledger of one account.
const std::vector<FamilySpec<AccountView>>& LedgerFamilies();

}  // namespace xplenty
