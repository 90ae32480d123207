#pragma once

#include <string>

#include "ledger/ledger.h"

namespace xplenty {

// Returns a line that says how many packages and clusters the series cap of an account has room
// for, for --config.check.
std::string SeriesRoomText(const LedgerOptions& options);

}  // namespace xplenty
