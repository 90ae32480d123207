#include "ledger/job_database.h"

#include "ledger/ledger_file.h"

namespace xplenty {
namespace {

constexpr char kOtherRows[] = "its rows are not the ones that were written";

std::string Select(const std::string& columns, const std::string& rest) {
  return "SELECT " + columns + " FROM " + rest;
}

// INSERT OR REPLACE writes a new row as well as a corrected one.
std::string Replace(const std::string& table, const std::string& columns) {
  std::string parameters = "?";
  for (const char c : columns) {
    if (c == ',') parameters += ", ?";
  }
  return "INSERT OR REPLACE INTO " + table + " (" + columns + ") VALUES (" + parameters + ")";
}

// A rollback journal, so that all that was ever committed is in the one file, under its checksums:
// the end of a write-ahead log can be lost without a trace.
Status UseJournal(Database& database) {
  return database.Execute("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA");
}

template <typename Visit>
Status ForEachRow(Database& database, const std::string& sql, Visit visit) {
  auto rows = database.Prepare(sql);
  if (!rows) return rows.error();
  return database.ForEachRow(*rows, visit);
}

// SQLite takes a list as one parameter in this form.
std::string JsonList(const std::set<int64_t>& numbers) {
  std::string list;
  for (const int64_t number : numbers) list += (list.empty() ? "" : ",") + std::to_string(number);
  return "[" + list + "]";
}

template <typename Row>
uint64_t Checksum(RowKind kind, const Row& row) {
  return ChecksumOf(kind, ValuesOf(row));
}

uint64_t Checksum(const FinishedJob& job) {
  return ChecksumOf(RowKind::kJob, ValuesOf(job, PackOutputs(job)));
}

}  // namespace

Result<JobDatabase> JobDatabase::Open(const std::string& path, const std::string& account) {
  auto file = path.empty() ? OpenLedgerInMemory(account) : OpenLedgerFile(path, account);
  if (!file) return file.error();
  JobDatabase database(std::move(*file));
  RETURN_IF_ERROR(database.Prepare());
  return database;
}

Status JobDatabase::Prepare() {
  const std::pair<Statement*, std::string> statements[] = {
      {&find_job_, Select(kJobColumns, "finished_jobs WHERE id = ?")},
      {&find_package_cluster_, Select(kPackageClusterColumns, "package_clusters WHERE id = ?")},
      {&has_anomaly_, Select("1", "anomalies WHERE reason = ? AND subject = ?")},
      {&put_header_,
       Replace("ledger", std::string(kHeaderColumns) + ", checksum, jobs_checksum, one")},
      {&put_package_cluster_, Replace("package_clusters", kPackageClusterColumns)},
      {&put_job_, Replace("finished_jobs", kJobColumns)},
      {&put_anomaly_, Replace("anomalies", kAnomalyColumns)}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = database_.Prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return OkStatus();
}

Status JobDatabase::ReadHeader() {
  const std::string columns = std::string(kHeaderColumns) + ", checksum, jobs_checksum";
  return ForEachRow(database_, Select(columns, "ledger"), [&](const Statement& row) {
    header_ = ReadHeaderRow(row);
    checksum_ = static_cast<uint64_t>(row.Integer(5));
    jobs_checksum_ = static_cast<uint64_t>(row.Integer(6));
  });
}

// SQLite keeps no checksums of its pages: without these, a flipped bit in a value would be
// believed.
Result<DatabaseState> JobDatabase::ReadState() {
  RETURN_IF_ERROR(ReadHeader());
  DatabaseState state{.header = header_};
  uint64_t checksum = Checksum(RowKind::kHeader, header_);
  int64_t package_clusters = 0;
  bool gap = false;
  auto status = ForEachPackageCluster([&](const PackageClusterRow& row) {
    checksum += Checksum(RowKind::kPackageCluster, row);
    gap = gap || row.id != ++package_clusters;
  });
  if (!status) return status.error();
  status = ForEachRow(database_, Select(kAnomalyColumns, "anomalies"), [&](const Statement& row) {
    const Anomaly anomaly = ReadAnomalyRow(row);
    checksum += Checksum(RowKind::kAnomaly, anomaly);
    const auto reason = static_cast<size_t>(anomaly.reason);
    if (reason < kAnomalyReasonCount) ++state.anomalies[reason];
  });
  if (!status) return status.error();
  if (checksum != checksum_ || !IsValid(header_)) {
    return DamagedLedger(database_.path(), kOtherRows);
  }
  if (gap) return DamagedLedger(database_.path(), "a package-cluster is missing");
  package_clusters_ = package_clusters;
  return state;
}

Status JobDatabase::ForEachPackageCluster(const PackageClusterVisitor& visit) {
  return ForEachRow(database_, Select(kPackageClusterColumns, "package_clusters ORDER BY id"),
                    [&](const Statement& row) { visit(ReadPackageClusterRow(row)); });
}

Status JobDatabase::ForEachRecentPackageCluster(Timestamp since, const std::set<int64_t>& others,
                                                const PackageClusterVisitor& visit) {
  auto rows =
      database_.Prepare(Select(kPackageClusterColumns,
                               "package_clusters WHERE seen_at >= ?1 OR zero_pending OR id IN "
                               "(SELECT package_cluster FROM finished_jobs WHERE finished_at >= ?1 "
                               "OR zero_pending) OR id IN "
                               "(SELECT value FROM json_each(?2)) ORDER BY id"));
  if (!rows) return rows.error();
  const std::string ids = JsonList(others);
  const SqlValue values[] = {SqlValue(ToUnix(since)), SqlValue(std::string_view(ids))};
  return database_.ForEachRow(rows->Bind(values),
                              [&](const Statement& row) { visit(ReadPackageClusterRow(row)); });
}

Status JobDatabase::ForEachJob(const JobVisitor& visit) {
  uint64_t checksum = 0;
  bool valid = true;
  bool orphans = false;
  FinishedJob job;
  auto status = ForEachRow(
      database_, Select(kJobColumns, "finished_jobs ORDER BY id"), [&](const Statement& row) {
        const std::string_view outputs = ReadJobRow(row, job);
        checksum += ChecksumOf(RowKind::kJob, ValuesOf(job, outputs));
        valid = valid && IsValid(job, outputs);
        orphans = orphans || job.package_cluster < 1 || job.package_cluster > package_clusters_;
        if (valid && !orphans) visit(job);
      });
  if (!status) return status;
  if (!valid || checksum != jobs_checksum_) return DamagedLedger(database_.path(), kOtherRows);
  if (orphans) return DamagedLedger(database_.path(), "a job without its package-cluster");
  return OkStatus();
}

Status JobDatabase::ForEachJob(const std::set<int64_t>& package_clusters, const JobVisitor& visit) {
  auto rows = database_.Prepare(Select(kJobColumns,
                                       "finished_jobs WHERE package_cluster IN "
                                       "(SELECT value FROM json_each(?)) "
                                       "ORDER BY finished_at, id"));
  if (!rows) return rows.error();
  FinishedJob job;
  const std::string ids = JsonList(package_clusters);
  return database_.ForEachRow(rows->Bind(SqlValue(std::string_view(ids))),
                              [&](const Statement& row) {
                                ReadJobRow(row, job);
                                visit(job);
                              });
}

Result<std::optional<FinishedJob>> JobDatabase::FindJob(int64_t id) {
  std::optional<FinishedJob> found;
  auto status = database_.ForEachRow(find_job_.Bind(SqlValue(id)), [&](const Statement& row) {
    ReadJobRow(row, found.emplace());
  });
  if (!status) return status.error();
  return found;
}

Result<PackageClusterRow> JobDatabase::FindPackageCluster(int64_t id) {
  std::optional<PackageClusterRow> found;
  auto status =
      database_.ForEachRow(find_package_cluster_.Bind(SqlValue(id)),
                           [&](const Statement& row) { found = ReadPackageClusterRow(row); });
  if (!status) return status.error();
  if (!found) return DamagedLedger(database_.path(), "a package-cluster is missing");
  return *found;
}

Result<bool> JobDatabase::HasAnomaly(const Anomaly& anomaly) {
  bool has = false;
  auto status = database_.ForEachRow(has_anomaly_.Bind(ValuesOf(anomaly)),
                                     [&](const Statement&) { has = true; });
  if (!status) return status.error();
  return has;
}

Status JobDatabase::Put(Statement& put, RowKind kind, std::span<const SqlValue> values,
                        uint64_t replaced, uint64_t& checksum) {
  checksum += ChecksumOf(kind, values) - replaced;
  return database_.Run(put.Bind(values));
}

Status JobDatabase::WriteRows(const WriteBatch& batch) {
  uint64_t checksum = checksum_;
  uint64_t jobs_checksum = jobs_checksum_;
  int64_t package_clusters = package_clusters_;
  for (const auto& [previous, row] : batch.package_clusters) {
    constexpr auto kKind = RowKind::kPackageCluster;
    const uint64_t replaced = previous ? Checksum(kKind, *previous) : 0;
    auto status = Put(put_package_cluster_, kKind, ValuesOf(row), replaced, checksum);
    if (!status) return status;
    if (!previous) ++package_clusters;
  }
  for (const auto& [previous, job] : batch.jobs) {
    const std::string outputs = PackOutputs(job);
    const uint64_t replaced = previous ? Checksum(*previous) : 0;
    auto status = Put(put_job_, RowKind::kJob, ValuesOf(job, outputs), replaced, jobs_checksum);
    if (!status) return status;
  }
  for (const Anomaly& anomaly : batch.anomalies) {
    auto status = Put(put_anomaly_, RowKind::kAnomaly, ValuesOf(anomaly), 0, checksum);
    if (!status) return status;
  }
  checksum += Checksum(RowKind::kHeader, batch.header) - Checksum(RowKind::kHeader, header_);
  const auto header = ValuesOf(batch.header);
  std::vector<SqlValue> values(header.begin(), header.end());
  for (const uint64_t sum : {checksum, jobs_checksum, uint64_t{1}}) {
    values.emplace_back(static_cast<int64_t>(sum));
  }
  RETURN_IF_ERROR(database_.Run(put_header_.Bind(values)));
  RETURN_IF_ERROR(database_.Execute("COMMIT"));
  header_ = batch.header;
  checksum_ = checksum;
  jobs_checksum_ = jobs_checksum;
  package_clusters_ = package_clusters;
  return OkStatus();
}

Status JobDatabase::Write(const WriteBatch& batch) {
  // Only now, as it may write: a file that is refused stays as it is.
  if (!uses_journal_) {
    RETURN_IF_ERROR(UseJournal(database_));
    uses_journal_ = true;
  }
  RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  Status written = WriteRows(batch);
  if (!written) {
    // The first failure is the one to report; after some of them SQLite has rolled back already.
    const Status rolled_back = database_.Execute("ROLLBACK");
    static_cast<void>(rolled_back);
  }
  return written;
}

}  // namespace xplenty
