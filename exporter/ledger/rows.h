#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "ledger/package_cluster.h"
#include "ledger/sqlite.h"
#include "model/anomaly.h"

namespace xplenty {

// The one row of the table `ledger`, without its checksums.
struct LedgerHeader {
  std::string account;                  // the id
  bool counts_from_creation{};          // made by --storage.reset: counting starts without lookback
  std::optional<Timestamp> count_from;  // nullopt until the first response of the API
  std::optional<Timestamp> watermark;   // what was updated earlier has been read
  bool initial_sync_complete{};         // a first refresh has completed
};

// A row of the table `package_clusters`.
struct PackageClusterRow {
  int64_t id{};
  PackageCluster names;
  Timestamp seen_at;    // when it was first seen
  bool zero_pending{};  // its first values are not shown yet (promise P6)
  bool overflow{};      // there was no room for a series of its own when it was first seen
};

// The columns of each table in the order in which they are read and bound.
inline constexpr char kHeaderColumns[] =
    "account, counts_from_creation, count_from, watermark, initial_sync_complete";
inline constexpr char kPackageClusterColumns[] =
    "id, package_id, package_name, cluster_id, cluster_name, seen_at, zero_pending, overflow";
inline constexpr char kJobColumns[] =
    "id, package_cluster, overflow, counted_as, status, finished_at, updated_at, runtime_seconds, "
    "wait_seconds, outputs, zero_pending";
inline constexpr char kAnomalyColumns[] = "reason, subject";

// Each function reads the row that a statement is at.
LedgerHeader ReadHeaderRow(const Statement& row);
PackageClusterRow ReadPackageClusterRow(const Statement& row);
// Reads into a job that is there, to use its memory again. Returns the column `outputs` as stored,
// which is valid until the next row.
std::string_view ReadJobRow(const Statement& row, FinishedJob& job);
// The reason of the anomaly is kAnomalyReasonCount if it is not a known one.
Anomaly ReadAnomalyRow(const Statement& row);

// Each function returns the values of the columns of a row. The row must outlive them.
std::array<SqlValue, 5> ValuesOf(const LedgerHeader& row);
std::array<SqlValue, 8> ValuesOf(const PackageClusterRow& row);
// `outputs` is the column as ReadJobRow() or PackOutputs() returns it, and must outlive them too.
std::array<SqlValue, 11> ValuesOf(const FinishedJob& job, std::string_view outputs);
std::array<SqlValue, 2> ValuesOf(const Anomaly& anomaly);

// Returns the column `outputs` of a job: for each output its id and its records, 8 bytes each,
// little-endian.
std::string PackOutputs(const FinishedJob& job);

// Returns the 64-bit hash of a row of one kind. SQLite's pages have no checksums. The ledger has:
// sums, modulo 2^64, of these hashes, so that a row that is changed, missing or there twice changes
// a sum, and a transaction costs what it changes.
enum class RowKind : char { kHeader = 'l', kPackageCluster = 'p', kJob = 'j', kAnomaly = 'a' };
uint64_t ChecksumOf(RowKind kind, std::span<const SqlValue> values);

// Each function returns false for values that no ledger writes and no figure can take, such as
// times that no integer holds once a lookback is taken off.
bool IsValid(const LedgerHeader& row);
bool IsValid(const FinishedJob& job, std::string_view outputs);

}  // namespace xplenty
