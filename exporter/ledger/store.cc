#include "ledger/store.h"

#include <utility>

#include "ledger/ledger_file.h"

namespace xplenty {
class Store::Impl {
 public:
  explicit Impl(Database database) : db(std::move(database)) {}

  Status Prepare() {
    const std::string jobs = kJobColumns;
    const std::string pairs = kPairColumns;
    const std::pair<Statement*, std::string> statements[] = {
        {&find_ledger, std::string("SELECT ") + kLedgerColumns + ", checksum FROM ledger"},
        {&find_pair, "SELECT " + pairs + " FROM pairs WHERE id = ?"},
        {&find_job, "SELECT " + jobs + " FROM finished_jobs WHERE id = ?"},
        {&has_anomaly, "SELECT 1 FROM anomalies WHERE reason = ? AND subject = ?"},
        {&put_pair, "INSERT OR REPLACE INTO pairs (" + pairs + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
        {&put_job, "INSERT OR REPLACE INTO finished_jobs (" + jobs +
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&put_anomaly, "INSERT INTO anomalies (reason, subject) VALUES (?, ?)"},
        {&put_ledger,
         "UPDATE ledger SET count_from = ?, watermark = ?, counted = ?, checksum = ?"}};
    for (const auto& [statement, sql] : statements) {
      auto prepared = db.Prepare(sql);
      if (!prepared) return prepared.error();
      *statement = std::move(*prepared);
    }
    return Done{};
  }

  Result<LedgerRow> ReadLedger(uint64_t& checksum) {
    LedgerRow ledger;  // there is one: that is checked when the file is opened
    auto done = db.ForEachRow(find_ledger, [&](const Statement& row) {
      ledger = ReadLedgerRow(row);
      checksum = static_cast<uint64_t>(row.Integer(5));
    });
    if (!done) return done.error();
    return ledger;
  }

  Result<std::optional<PairRow>> FindPair(int64_t id) {
    std::optional<PairRow> found;
    auto done = db.ForEachRow(find_pair.Reset().Bind(id),
                              [&](const Statement& row) { found = ReadPairRow(row); });
    if (!done) return done.error();
    return found;
  }

  Result<std::optional<FinishedJob>> FindJob(int64_t id) {
    std::optional<FinishedJob> found;
    auto done = db.ForEachRow(find_job.Reset().Bind(id),
                              [&](const Statement& row) { ReadJobRow(row, found.emplace()); });
    if (!done) return done.error();
    return found;
  }

  Status WriteRows(const Changes& changes) {
    uint64_t checksum = 0;
    auto ledger = ReadLedger(checksum);
    if (!ledger) return ledger.error();
    for (const PairRow& row : changes.pairs) {
      if (auto done = Put(row, std::nullopt, checksum); !done) return done;
    }
    for (const FinishedJob& job : changes.finished) {
      const auto before = FindJob(job.id);
      if (!before) return before.error();
      if (auto done = Put(job, *before, checksum); !done) return done;
    }
    for (const Anomaly& anomaly : changes.anomalies) {
      BindAnomalyRow(anomaly, put_anomaly);
      if (auto done = db.Run(put_anomaly); !done) return done;
      checksum += ChecksumOf(anomaly);
    }
    for (const int64_t id : changes.released_pairs) {
      const auto before = FindPair(id);
      if (!before) return before.error();
      PairRow after = before->value();
      after.held = false;
      if (auto done = Put(after, *before, checksum); !done) return done;
    }
    checksum -= ChecksumOf(*ledger);
    if (changes.watermark) ledger->watermark = changes.watermark;
    if (changes.count_from) ledger->count_from = changes.count_from;
    ledger->counted = ledger->counted || changes.counted;
    checksum += ChecksumOf(*ledger);
    put_ledger.Bind(ToInteger(ledger->count_from))
        .Bind(ToInteger(ledger->watermark))
        .Bind(int64_t{ledger->counted})
        .Bind(static_cast<int64_t>(checksum));
    return db.Run(put_ledger);
  }

  Database db;
  Statement has_anomaly;

 private:
  static std::optional<int64_t> ToInteger(std::optional<Timestamp> time) {
    if (!time) return std::nullopt;
    return ToUnix(*time);
  }

  Status Put(const PairRow& row, const std::optional<PairRow>& before, uint64_t& checksum) {
    BindPairRow(row, put_pair);
    checksum += ChecksumOf(row) - (before ? ChecksumOf(*before) : 0);
    return db.Run(put_pair);
  }

  Status Put(const FinishedJob& job, const std::optional<FinishedJob>& before, uint64_t& checksum) {
    checksum += BindJobRow(job, put_job) - (before ? ChecksumOf(*before) : 0);
    return db.Run(put_job);
  }

  Statement find_ledger, find_pair, find_job, put_pair, put_job, put_anomaly, put_ledger;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Make(Result<Database> database) {
  if (!database) return database.error();
  auto impl = std::make_unique<Impl>(std::move(*database));
  if (auto done = impl->Prepare(); !done) return done.error();
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const std::string& account,
                                           RowReader& reader) {
  return Make(OpenLedgerFile(path, account, reader));
}

Result<std::unique_ptr<Store>> Store::OpenInMemory(const std::string& account, RowReader& reader) {
  auto store = Make(OpenLedgerInMemory(account));
  if (!store) return store;
  if (auto done = (*store)->ReadAll(reader); !done) return done.error();
  return store;
}

Status Store::ReadAll(RowReader& reader) {
  return ReadWhatWasWritten(impl_->db, reader);
}

Status Store::ForEachFinished(const std::function<void(const FinishedJob&)>& visit) {
  auto rows =
      impl_->db.Prepare(std::string("SELECT ") + kJobColumns + " FROM finished_jobs ORDER BY id");
  if (!rows) return rows.error();
  FinishedJob job;
  return impl_->db.ForEachRow(*rows, [&](const Statement& row) {
    ReadJobRow(row, job);
    visit(job);
  });
}

Result<std::optional<FinishedJob>> Store::FindFinished(int64_t id) {
  return impl_->FindJob(id);
}

Result<bool> Store::HasAnomaly(const Anomaly& anomaly) {
  bool has = false;
  BindAnomalyRow(anomaly, impl_->has_anomaly.Reset());
  auto done = impl_->db.ForEachRow(impl_->has_anomaly, [&](const Statement&) { has = true; });
  if (!done) return done.error();
  return has;
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
