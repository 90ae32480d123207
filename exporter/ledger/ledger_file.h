#pragma once

#include <string>

#include "base/result.h"
#include "ledger/rows.h"
#include "ledger/sqlite.h"

namespace xplenty {

// The life of the file itself: SCHEMA.md says what is in it.

// Where an account's file is in a folder: letters, digits, '-' and '_' of its id as they are,
// anything else as %XX, so that it is never a path and never clashes.
std::string LedgerPath(const std::string& folder, const std::string& account);

// Opens the file, locked for this process, or makes it whole first if there is none. Refuses, with
// what to do, a file that is damaged, foreign, newer, of another account or in use. `reader` is
// told all rows on the way, as whether they are the ones that were written is known only at their
// end.
Result<Database> OpenLedgerFile(const std::string& path, const std::string& account,
                                RowReader& reader);

// A new ledger in memory.
Result<Database> OpenLedgerInMemory(const std::string& account);

// Tells the reader all rows of an open ledger; fails if they are not the ones that were written.
Status ReadWhatWasWritten(Database& database, RowReader& reader);

// Moves the file and its journal aside and makes a new one whose count_from is its birth. Returns
// the old file's new name, empty if there was none.
Result<std::string> ResetLedgerFile(const std::string& path, const std::string& account);

}  // namespace xplenty
