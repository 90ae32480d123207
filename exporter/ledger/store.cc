#include "ledger/store.h"

#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "ledger/ledger_file.h"
#include "ledger/sqlite.h"

namespace xplenty {
namespace {

std::optional<int64_t> ToInteger(std::optional<Timestamp> time) {
  if (!time) return std::nullopt;
  return ToUnix(*time);
}

std::optional<Timestamp> ToTime(std::optional<int64_t> seconds) {
  if (!seconds) return std::nullopt;
  return FromUnix(*seconds);
}

// The column `outputs`: for each output its id and its records, 8 bytes each, little-endian.
void AppendInteger(int64_t value, std::string& bytes) {
  for (int shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>(static_cast<uint64_t>(value) >> shift & 0xff);
  }
}

int64_t TakeInteger(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  bytes.remove_prefix(8);
  return static_cast<int64_t>(value);
}

std::string Pack(const std::vector<OutputRecords>& outputs) {
  std::string bytes;
  bytes.reserve(outputs.size() * 16);
  for (const OutputRecords& output : outputs) {
    AppendInteger(output.output, bytes);
    AppendInteger(output.records, bytes);
  }
  return bytes;
}

std::vector<OutputRecords> Unpack(std::string_view bytes) {
  std::vector<OutputRecords> outputs;
  outputs.reserve(bytes.size() / 16);
  while (bytes.size() >= 16) {
    const int64_t output = TakeInteger(bytes);
    outputs.push_back({output, TakeInteger(bytes)});
  }
  return outputs;
}

constexpr const char* kJobColumns =
    "id, pair, overflow, counted_as, status, finished_at, updated_at, runtime_seconds, "
    "wait_seconds, outputs";

JobStatus ToStatus(int64_t number) {
  return number >= 0 && number < static_cast<int64_t>(kJobStatusCount)
             ? static_cast<JobStatus>(number)
             : JobStatus::kUnknown;
}

FinishedJob ReadJob(const Statement& row) {
  FinishedJob job{.id = row.Integer(0),
                  .pair = row.Integer(1),
                  .overflow = row.Integer(2) != 0,
                  .status = ToStatus(row.Integer(4)),
                  .finished_at = FromUnix(row.Integer(5)),
                  .updated_at = ToTime(row.OptionalInteger(6)),
                  .runtime_seconds = row.OptionalInteger(7),
                  .wait_seconds = row.OptionalInteger(8),
                  .outputs = Unpack(row.Blob(9))};
  if (const auto counted_as = row.OptionalInteger(3)) job.counted_as = ToStatus(*counted_as);
  return job;
}

}  // namespace

class Store::Impl {
 public:
  explicit Impl(Database database) : db(std::move(database)) {}

  Status Prepare() {
    const std::string columns = kJobColumns;
    const std::pair<Statement*, std::string> statements[] = {
        {&find, "SELECT " + columns + " FROM finished_jobs WHERE id = ?"},
        {&has_anomaly, "SELECT 1 FROM anomalies WHERE reason = ? AND subject = ?"},
        {&put_pair, "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
        {&put_job, "INSERT OR REPLACE INTO finished_jobs (" + columns +
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&put_anomaly, "INSERT INTO anomalies VALUES (?, ?)"},
        {&release, "UPDATE pairs SET held = 0 WHERE id = ?"},
        {&update,
         "UPDATE ledger SET watermark = coalesce(?, watermark), "
         "count_from = coalesce(?, count_from), counted = counted OR ?"}};
    for (const auto& [statement, sql] : statements) {
      auto prepared = db.Prepare(sql);
      if (!prepared) return prepared.error();
      *statement = std::move(*prepared);
    }
    return Done{};
  }

  Status WriteRows(const Changes& changes) {
    for (const PairRow& row : changes.pairs) {
      put_pair.Bind(row.id)
          .Bind(row.pair.package_id)
          .Bind(std::string_view(row.pair.package_name))
          .Bind(row.pair.cluster_id)
          .Bind(std::string_view(row.pair.cluster_name))
          .Bind(ToUnix(row.seen_at))
          .Bind(int64_t{row.held})
          .Bind(int64_t{row.overflow});
      if (auto done = db.Run(put_pair); !done) return done;
    }
    for (const FinishedJob& job : changes.finished) {
      if (auto done = WriteJob(job); !done) return done;
    }
    for (const Anomaly& anomaly : changes.anomalies) {
      put_anomaly.Bind(static_cast<int64_t>(anomaly.reason)).Bind(anomaly.subject);
      if (auto done = db.Run(put_anomaly); !done) return done;
    }
    for (const int64_t pair : changes.released_pairs) {
      release.Bind(pair);
      if (auto done = db.Run(release); !done) return done;
    }
    update.Bind(ToInteger(changes.watermark))
        .Bind(ToInteger(changes.count_from))
        .Bind(int64_t{changes.counted});
    return db.Run(update);
  }

  Status WriteJob(const FinishedJob& job) {
    std::optional<int64_t> counted_as;
    if (job.counted_as) counted_as = static_cast<int64_t>(*job.counted_as);
    put_job.Bind(job.id)
        .Bind(job.pair)
        .Bind(int64_t{job.overflow})
        .Bind(counted_as)
        .Bind(static_cast<int64_t>(job.status))
        .Bind(ToUnix(job.finished_at))
        .Bind(ToInteger(job.updated_at))
        .Bind(job.runtime_seconds)
        .Bind(job.wait_seconds)
        .BindBlob(Pack(job.outputs));
    return db.Run(put_job);
  }

  Database db;
  Statement find, has_anomaly, put_pair, put_job, put_anomaly, release, update;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Make(Result<Database> database) {
  if (!database) return database.error();
  auto impl = std::make_unique<Impl>(std::move(*database));
  if (auto done = impl->Prepare(); !done) return done.error();
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const std::string& account) {
  return Make(OpenLedgerFile(path, account));
}

Result<std::unique_ptr<Store>> Store::OpenInMemory(const std::string& account) {
  return Make(OpenLedgerInMemory(account));
}

Result<StoredState> Store::Load() {
  StoredState state;
  auto ledger =
      impl_->db.Prepare("SELECT count_from, watermark, counted, counts_from_birth FROM ledger");
  if (!ledger) return ledger.error();
  if (ledger->Step() != SQLITE_ROW) return impl_->db.LastError();
  state.count_from = ToTime(ledger->OptionalInteger(0));
  state.watermark = ToTime(ledger->OptionalInteger(1));
  state.counted = ledger->Integer(2) != 0;
  state.counts_from_birth = ledger->Integer(3) != 0;

  auto pairs = impl_->db.Prepare(
      "SELECT id, package_id, package_name, cluster_id, cluster_name, seen_at, held, "
      "overflow FROM pairs");
  if (!pairs) return pairs.error();
  int code = 0;
  while ((code = pairs->Step()) == SQLITE_ROW) {
    state.pairs.push_back({.id = pairs->Integer(0),
                           .pair = {.package_id = pairs->OptionalInteger(1),
                                    .cluster_id = pairs->OptionalInteger(3),
                                    .package_name = pairs->Text(2),
                                    .cluster_name = pairs->Text(4)},
                           .seen_at = FromUnix(pairs->Integer(5)),
                           .held = pairs->Integer(6) != 0,
                           .overflow = pairs->Integer(7) != 0});
  }
  if (code != SQLITE_DONE) return impl_->db.LastError();

  auto anomalies = impl_->db.Prepare("SELECT reason, count(*) FROM anomalies GROUP BY reason");
  if (!anomalies) return anomalies.error();
  while ((code = anomalies->Step()) == SQLITE_ROW) {
    const auto reason = static_cast<size_t>(anomalies->Integer(0));
    if (reason < kAnomalyReasonCount) {
      state.anomalies[reason] = static_cast<uint64_t>(anomalies->Integer(1));
    }
  }
  if (code != SQLITE_DONE) return impl_->db.LastError();
  return state;
}

Status Store::ForEachFinished(const std::function<void(const FinishedJob&)>& visit) {
  auto rows =
      impl_->db.Prepare("SELECT " + std::string(kJobColumns) + " FROM finished_jobs ORDER BY id");
  if (!rows) return rows.error();
  int code = 0;
  while ((code = rows->Step()) == SQLITE_ROW) visit(ReadJob(*rows));
  if (code != SQLITE_DONE) return impl_->db.LastError();
  return Done{};
}

Result<std::optional<FinishedJob>> Store::FindFinished(int64_t id) {
  const int code = impl_->find.Reset().Bind(id).Step();
  std::optional<FinishedJob> job;
  if (code == SQLITE_ROW) {
    job = ReadJob(impl_->find);
  } else if (code != SQLITE_DONE) {
    return impl_->db.LastError();
  }
  impl_->find.Reset();
  return job;
}

Result<bool> Store::HasAnomaly(const Anomaly& anomaly) {
  const int code = impl_->has_anomaly.Reset()
                       .Bind(static_cast<int64_t>(anomaly.reason))
                       .Bind(anomaly.subject)
                       .Step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return impl_->db.LastError();
  impl_->has_anomaly.Reset();
  return code == SQLITE_ROW;
}

Status Store::Write(const Changes& changes) {
  if (auto done = impl_->db.Execute("BEGIN IMMEDIATE"); !done) return done;
  Status written = impl_->WriteRows(changes);
  if (written) written = impl_->db.Execute("COMMIT");
  if (!written) {
    // The first failure is the one to tell; after some of them SQLite has rolled back already.
    const Status rolled_back = impl_->db.Execute("ROLLBACK");
    static_cast<void>(rolled_back);
  }
  return written;
}

}  // namespace xplenty
