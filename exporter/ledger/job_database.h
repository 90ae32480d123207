#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/finished_job.h"
#include "ledger/rows.h"
#include "ledger/sqlite.h"
#include "model/anomaly.h"

namespace xplenty {

// What a database holds beside its jobs and package-clusters.
struct DatabaseState {
  LedgerHeader header{};
  std::array<uint64_t, kAnomalyReasonCount> anomalies{};  // how many rows there are, by reason
};

// The rows that one transaction writes.
struct WriteBatch {
  LedgerHeader header{};  // always written
  std::vector<RowChange<PackageClusterRow>> package_clusters{};
  std::vector<JobChange> jobs{};
  std::vector<Anomaly> anomalies{};  // new ones

  // Returns whether there is anything but the header.
  bool has_rows() const { return !package_clusters.empty() || !jobs.empty() || !anomalies.empty(); }
};

// The tables of one ledger (SCHEMA.md), in a SQLite file or in memory. It alone knows SQL. A row
// that is written carries the row that it replaces, so that the checksums are kept without reading
// that row again. One thread; the file is locked against any other process as long as this lives.
// Errors are kStorage and name the file.
class JobDatabase {
 public:
  using JobVisitor = std::function<void(const FinishedJob&)>;
  using PackageClusterVisitor = std::function<void(const PackageClusterRow&)>;

  // Opens the account's file or makes one; see OpenLedgerFile() for what is refused. An empty path
  // makes a database in memory. ReadState() and ForEachJob() then say whether the rows are the ones
  // that were written.
  static Result<JobDatabase> Open(const std::string& path, const std::string& account);

  // Reads all but the jobs. Fails if these rows are not the ones that were written.
  Result<DatabaseState> ReadState();
  // Returns how many package-clusters there are: their ids are 1, 2, 3, ... ReadState() first.
  int64_t package_clusters() const { return package_clusters_; }

  // Visits all package-clusters by ascending id.
  Status ForEachPackageCluster(const PackageClusterVisitor& visit);
  // Visits by ascending id those that were first seen or finished a job since a time, those with
  // the mark `zero_pending`, on the row or on that of a job, and some others.
  Status ForEachRecentPackageCluster(Timestamp since, const std::set<int64_t>& others,
                                     const PackageClusterVisitor& visit);

  // Visits all jobs by ascending id. Fails if they are not the ones that were written, which is
  // known only after the last one: what was made of them must be dropped then. ReadState() first.
  Status ForEachJob(const JobVisitor& visit);
  // Visits the jobs of some package-clusters in the order in which they finished, then by id.
  // SQLite skips the others, which costs about 0.08 us each. An index would cost each commit more
  // than it saves here: jobs of one package are on most pages of the table anyway.
  Status ForEachJob(const std::set<int64_t>& package_clusters, const JobVisitor& visit);

  // Returns the stored row of a job, nullopt if it was never seen finished.
  Result<std::optional<FinishedJob>> FindJob(int64_t id);
  // Returns the stored row of a package-cluster, which must be there.
  Result<PackageClusterRow> FindPackageCluster(int64_t id);
  // Returns true if the anomaly is stored.
  Result<bool> HasAnomaly(const Anomaly& anomaly);

  // Writes all or nothing; it is on disk when this returns success. ReadState() first. After a
  // failure a file may hold the one or the other: it must be opened again before the next call.
  Status Write(const WriteBatch& batch);

 private:
  explicit JobDatabase(Database database) : database_(std::move(database)) {}
  Status Prepare();
  Status ReadHeader();
  Status WriteRows(const WriteBatch& batch);
  Status Put(Statement& put, RowKind kind, std::span<const SqlValue> values, uint64_t replaced,
             uint64_t& checksum);

  Database database_;
  Statement find_job_, find_package_cluster_, has_anomaly_;
  Statement put_header_, put_package_cluster_, put_job_, put_anomaly_;
  // The row of the table `ledger` as it is stored.
  LedgerHeader header_;
  uint64_t checksum_ = 0;
  uint64_t jobs_checksum_ = 0;
  int64_t package_clusters_ = 0;  // how many there are
  bool uses_journal_ = false;
};

}  // namespace xplenty
