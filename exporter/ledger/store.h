#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "ledger/rows.h"
#include "ledger/sqlite.h"
#include "model/anomaly.h"

namespace xplenty {

// What one transaction adds to the ledger.
struct Changes {
  std::vector<PairRow> pairs;           // new ones
  std::vector<FinishedJob> finished;    // new or replaced, by id
  std::vector<Anomaly> anomalies;       // new ones
  std::vector<int64_t> released_pairs;  // no longer held
  std::optional<Timestamp> watermark;
  std::optional<Timestamp> count_from;
  bool counted{};  // the first refresh has completed

  // Whether there is anything that a crash may not lose: a watermark alone is only re-read.
  bool empty() const {
    return pairs.empty() && finished.empty() && anomalies.empty() && released_pairs.empty() &&
           !count_from && !counted;
  }
};

// The ledger's tables in one SQLite file (SCHEMA.md). One thread; the file is locked against any
// other process for as long as this lives. Errors are kStorage and name the file.
class Store {
 public:
  // See OpenLedgerFile() and OpenLedgerInMemory(). The reader is told all rows on the way.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, const std::string& account,
                                             RowReader& reader);
  static Result<std::unique_ptr<Store>> OpenInMemory(const std::string& account, RowReader& reader);

  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Tells all rows once more.
  Status ReadAll(RowReader& reader);
  // In ascending order of id.
  Status ForEachFinished(const std::function<void(const FinishedJob&)>& visit);
  Result<std::optional<FinishedJob>> FindFinished(int64_t id);
  Result<bool> HasAnomaly(const Anomaly& anomaly);

  // All or nothing; on disk when it returns success. What a failure leaves on disk, the one or the
  // other, is told by opening the store anew, and until then there may be no other Write().
  Status Write(const Changes& changes);

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  static Result<std::unique_ptr<Store>> Make(Result<Database> database);

  std::unique_ptr<Impl> impl_;
};

}  // namespace xplenty
