// Rows that are not the ones that were written, which are found as they are added up (promise P5).

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ledger/rows.h"
#include "ledger_fixture.h"
#include "support/temporary_folder.h"

namespace xplenty::ledger_rows_test {
namespace {

using testing::HasSubstr;

constexpr int64_t kJobs = 120;

class WrittenRows {
 public:
  WrittenRows() {
    auto ledger = OpenBorn(options_);
    std::vector<Job> jobs;
    for (int64_t id = 1; id <= kJobs; ++id) {
      jobs.push_back(FinishedRow(id, kFinishedStatuses[static_cast<size_t>(id % 3)], kNow, id % 5));
      jobs.back().malformed = id % 40 == 0;
    }
    EXPECT_TRUE(CommitJobs(*ledger, jobs, kNow, kNow));
    ledger.reset();
    good_ = ReadBytes(path_);
  }

  void Restore() const { WriteBytes(path_, good_); }
  void Edit(const std::string& sql) const {
    auto database = Database::Open(path_, /*create=*/false);
    ASSERT_TRUE(database && database->Execute(sql));
  }
  // As if it had been written so.
  void EditWithChecksum(const std::string& sql) const {
    Edit(sql);
    auto database = Database::Open(path_, /*create=*/false);
    const auto sum = [&](const std::string& columns, const std::string& table, auto checksum_of) {
      uint64_t total = 0;
      auto rows = database->Prepare("SELECT " + columns + " FROM " + table);
      EXPECT_TRUE(rows && database->ForEachRow(
                              *rows, [&](const Statement& row) { total += checksum_of(row); }));
      return total;
    };
    const uint64_t jobs = sum(kJobColumns, "finished_jobs", [](const Statement& row) {
      FinishedJob job;
      const std::string_view outputs = ReadJobRow(row, job);
      return ChecksumOf(RowKind::kJob, ValuesOf(job, outputs));
    });
    const uint64_t others = sum(kHeaderColumns, "ledger",
                                [](const Statement& row) {
                                  const LedgerHeader header = ReadHeaderRow(row);
                                  return ChecksumOf(RowKind::kHeader, ValuesOf(header));
                                }) +
                            sum(kPackageClusterColumns, "package_clusters",
                                [](const Statement& row) {
                                  const PackageClusterRow read = ReadPackageClusterRow(row);
                                  return ChecksumOf(RowKind::kPackageCluster, ValuesOf(read));
                                }) +
                            sum(kAnomalyColumns, "anomalies", [](const Statement& row) {
                              return ChecksumOf(RowKind::kAnomaly, ValuesOf(ReadAnomalyRow(row)));
                            });
    Edit("UPDATE ledger SET checksum = " + std::to_string(static_cast<int64_t>(others)) +
         ", jobs_checksum = " + std::to_string(static_cast<int64_t>(jobs)));
  }
  // Empty if it is opened; a file that is refused stays as it is.
  std::string Refusal() const {
    const std::string previous = ReadBytes(path_);
    const auto ledger = Ledger::Open(options_);
    if (ledger) return "";
    EXPECT_TRUE(ReadBytes(path_) == previous) << "the file was changed";
    return ledger.error().message;
  }

 private:
  TemporaryFolder folder_;
  const LedgerOptions options_ = TestOptions(folder_.path());
  const std::string path_ = folder_.File("acme.sqlite3");
  std::string good_;
};

constexpr char kNotWritten[] = "its rows are not the ones that were written";

// Wherever it is, though SQLite finds nothing wrong with it.
RC_GTEST_PROP(LedgerRows, FlippedBitAnywhereIsRefused, ()) {
  static const WrittenRows rows;
  rows.Restore();
  const auto column = *rc::gen::element<std::string>(
      "id", "package_cluster", "overflow", "counted_as", "status", "finished_at", "updated_at",
      "runtime_seconds", "wait_seconds", "outputs", "zero_pending");
  // Above the bits of the other ids, so that SQLite takes it.
  const int64_t bit = int64_t{1} << *rc::gen::inRange(column == "id" ? 7 : 0, 63);
  const std::string number = std::to_string(bit);
  std::string value = "(" + column + " | " + number + ") - (" + column + " & " + number + ")";
  if (column == "outputs")
    value = "CAST(substr(outputs, 1, 8) || x'80' || substr(outputs, 10) AS BLOB)";
  const auto id = *rc::gen::inRange<int64_t>(1, kJobs + 1);
  rows.Edit("UPDATE finished_jobs SET " + column + " = " + value +
            " WHERE id = " + std::to_string(id));
  RC_ASSERT(rows.Refusal().find(kNotWritten) != std::string::npos);
}

TEST(LedgerRows, ImpossibleValueIsRefused) {
  for (const std::string edit : {
           "UPDATE finished_jobs SET runtime_seconds = -1 WHERE id = 7",
           "UPDATE finished_jobs SET wait_seconds = -1 WHERE id = 7",
           "UPDATE finished_jobs SET status = 1 WHERE id = 7",
           "UPDATE finished_jobs SET counted_as = 99 WHERE id = 7",
           "UPDATE finished_jobs SET outputs = x'00' WHERE id = 7",
           "UPDATE finished_jobs SET outputs = x'0000000000000000ffffffffffffffff' WHERE id = 7",
           "UPDATE ledger SET watermark = 9223372036854775807",
           "UPDATE ledger SET count_from = -9223372036854775807",
       }) {
    const WrittenRows rows;
    rows.EditWithChecksum(edit);
    EXPECT_THAT(rows.Refusal(), HasSubstr(kNotWritten)) << edit;
  }
}

TEST(LedgerRows, JobWithoutPackageClusterIsRefused) {
  const WrittenRows rows;
  rows.EditWithChecksum("DELETE FROM package_clusters WHERE id = 2");
  EXPECT_THAT(rows.Refusal(), HasSubstr("a package-cluster is missing"));
  rows.Restore();
  rows.EditWithChecksum("DELETE FROM package_clusters WHERE id = 5");  // the last one
  EXPECT_THAT(rows.Refusal(), HasSubstr("a job without its package-cluster"));
}

TEST(LedgerRows, ReadBackAsWritten) {
  const WrittenRows rows;
  rows.EditWithChecksum("UPDATE finished_jobs SET runtime_seconds = 3 WHERE id = 7");
  EXPECT_EQ(rows.Refusal(), "");
}

}  // namespace
}  // namespace xplenty::ledger_rows_test
