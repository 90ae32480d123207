#pragma once

#include <string>

#include "base/result.h"
#include "ledger/sqlite.h"

namespace xplenty {

// The life of the file itself: SCHEMA.md says what is in it.

// Where an account's file is in a folder: letters, digits, '-' and '_' of its id as they are,
// anything else as %XX, so that it is never a path and never clashes.
std::string LedgerPath(const std::string& folder, const std::string& account);

// Opens the file, locked for this process, or makes it whole first if there is none. Refuses, with
// what to do, a file that is damaged, foreign, newer, of another account or in use.
Result<Database> OpenLedgerFile(const std::string& path, const std::string& account);

// A ledger in memory.
Result<Database> OpenLedgerInMemory(const std::string& account);

// Moves the file and its companion aside and makes a new one whose count_from is its birth. Returns
// the old file's new name, empty if there was none.
Result<std::string> ResetLedgerFile(const std::string& path, const std::string& account);

}  // namespace xplenty
