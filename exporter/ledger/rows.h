#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "ledger/sqlite.h"
#include "model/anomaly.h"

namespace xplenty {

// The one row of the table `ledger`, but its checksum.
struct LedgerRow {
  std::string account;
  bool counts_from_birth{};  // made by a reset: jobs that finished before its birth do not count
  std::optional<Timestamp> count_from;  // none: not born yet
  std::optional<Timestamp> watermark;
  bool counted{};  // a first refresh has completed
};

struct PairRow {
  int64_t id{};
  Pair pair;
  Timestamp seen_at;
  bool held{};      // its first values are not yet shown
  bool overflow{};  // first seen when there was no room for a series of its own
};

// Columns in the order in which they are read and bound.
inline constexpr char kLedgerColumns[] =
    "account, counts_from_birth, count_from, watermark, counted";
inline constexpr char kPairColumns[] =
    "id, package_id, package_name, cluster_id, cluster_name, seen_at, held, overflow";
inline constexpr char kJobColumns[] =
    "id, pair, overflow, counted_as, status, finished_at, updated_at, runtime_seconds, "
    "wait_seconds, outputs, held";

LedgerRow ReadLedgerRow(const Statement& row);
PairRow ReadPairRow(const Statement& row);
// Into one that is there, for its memory; returns its outputs as stored, until the next row.
std::string_view ReadJobRow(const Statement& row, FinishedJob& job);
Anomaly ReadAnomalyRow(const Statement& row);  // of "reason, subject"

void BindPairRow(const PairRow& row, Statement& statement);
uint64_t BindJobRow(const FinishedJob& job, Statement& statement);  // returns its checksum
void BindAnomalyRow(const Anomaly& anomaly, Statement& statement);

// SQLite's pages have no checksums. The ledger has one: the sum, modulo 2^64, of these hashes over
// all of its rows, so that a row that is changed, missing or there twice changes it, and a
// transaction costs what it changes.
uint64_t ChecksumOf(const LedgerRow& row);
uint64_t ChecksumOf(const PairRow& row);
uint64_t ChecksumOf(const FinishedJob& job);
uint64_t ChecksumOf(const Anomaly& anomaly);

// All that is not a job.
struct StoredState {
  LedgerRow ledger;
  std::vector<PairRow> pairs;
  std::array<uint64_t, kAnomalyReasonCount> anomalies{};
};

// Is told what a ledger holds.
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual void Begin(const StoredState& state) = 0;
  // By ascending id. False if its pair was not in the state.
  virtual bool Read(const FinishedJob& job) = 0;
};

// What a reader has been told, which is to be forgotten if it is not what was written.
struct RowsRead {
  uint64_t checksum{};  // of the rows as they are; the stored one is a column of the table `ledger`
  bool strange{};       // rows that no ledger writes, which were not told
  bool orphans{};       // jobs without a pair
};

Result<RowsRead> ReadRows(Database& database, RowReader& reader);

}  // namespace xplenty
