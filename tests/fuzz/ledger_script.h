#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/ledger.h"

namespace xplenty {

// The file of a ledger and the rollback journal beside it; empty if there is no such file.
struct LedgerFiles {
  std::optional<std::string> ledger;
  std::optional<std::string> journal;
  friend bool operator==(const LedgerFiles&, const LedgerFiles&) = default;
};

// The good files that inputs damage. The ledger itself makes them, so that inputs do not depend on
// its format.
struct GoodLedger {
  LedgerFiles closed;  // after a few commits and a close
  LedgerFiles hot;     // within a transaction that rewrites everything; its journal is needed
};

// Makes the files. `path` is where these options put the ledger; the files stay there.
GoodLedger MakeGoodLedger(const LedgerOptions& options, const std::string& path);

void WriteFiles(const std::string& path, const LedgerFiles& files);
LedgerFiles ReadFiles(const std::string& path);

// Returns the files that an input describes. It starts with the closed ledger and edits it line by
// line. Positions are taken modulo the size of the file, and invalid lines are skipped:
//   hot                      start again with the hot ledger
//   journal, ledger          the file that the next lines edit; the first one is the ledger
//   set AT BYTE              set a byte
//   flip AT BIT              flip a bit
//   fill AT LENGTH BYTE      overwrite with one byte
//   copy FROM TO LENGTH      copy a part over another one
//   cut SIZE, shorten BYTES  cut the end off
//   grow BYTES BYTE          append one byte several times
//   remove                   remove the file
//   raw                      replace the file by the rest of the input
LedgerFiles ApplyScript(const GoodLedger& good, std::string_view script);

}  // namespace xplenty
