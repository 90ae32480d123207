#pragma once

#include <string>

#include "base/result.h"
#include "ledger/sqlite.h"

namespace xplenty {

// The life of a ledger's file: where it is, how it is made, opened and moved aside. SCHEMA.md has
// its format. Errors are kStorage; they name the file and say what to do.

// Returns the path of an account's file in a folder. Letters, digits, '-' and '_' of the account's
// id stay, any other byte is %XX, so that an id is never a path and two ids never share a file.
std::string LedgerPath(const std::string& folder, const std::string& account);

// Opens the file and locks it for this process; makes it whole first if there is none. Refuses a
// file that SQLite finds damaged, that is not a ledger, of another format, of another account or in
// use. Writes nothing to a file that is there. Whether its rows are the ones that were written is
// not looked at yet.
Result<Database> OpenLedgerFile(const std::string& path, const std::string& account);

// Makes a new ledger in memory.
Result<Database> OpenLedgerInMemory(const std::string& account);

// Moves the file and its journal aside and makes a new one that counts from its creation. Returns
// the old file's new name, empty if there was none. Refuses a file that is in use.
Result<std::string> ResetLedgerFile(const std::string& path, const std::string& account);

// Returns the error for a ledger whose content is wrong: `how` says what was found.
Error DamagedLedger(const std::string& path, const std::string& how);

}  // namespace xplenty
