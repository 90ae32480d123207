#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/ledger.h"

namespace xplenty {

// A ledger's file and the rollback journal beside it; none: there is no such file.
struct LedgerFiles {
  std::optional<std::string> ledger;
  std::optional<std::string> journal;
  friend bool operator==(const LedgerFiles&, const LedgerFiles&) = default;
};

// The good files that inputs damage, made by the ledger itself: whatever its format is, an input
// is about it.
struct GoodLedger {
  LedgerFiles closed;  // after a few commits and a close
  LedgerFiles hot;  // the same in the midst of a transaction that rewrites all: its journal counts
};

// `path` is where these options put the file. Files are left there.
GoodLedger MakeGoodLedger(const LedgerOptions& options, const std::string& path);

void WriteFiles(const std::string& path, const LedgerFiles& files);
LedgerFiles ReadFiles(const std::string& path);

// The files an input describes. It begins with the closed ledger and edits it line by line; places
// are taken modulo the size of the file, and what cannot be read is skipped:
//   hot                      begin anew with the hot ledger
//   journal, ledger          which of the two the next lines are about; at first the ledger
//   set AT BYTE              that byte
//   flip AT BIT              one bit
//   fill AT LENGTH BYTE      a run of one byte
//   copy FROM TO LENGTH      a piece over another one
//   cut SIZE, shorten BYTES  the end
//   grow BYTES BYTE          likewise, by a run of one byte
//   remove                   the whole file
//   raw                      what follows that line is the file
LedgerFiles ApplyScript(const GoodLedger& good, std::string_view script);

}  // namespace xplenty
