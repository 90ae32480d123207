#include "ledger/job_database.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace xplenty::job_database_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FinishedJob Finished(int64_t id, int64_t package_cluster, int64_t time = 100) {
  return {.id = id,
          .package_cluster = package_cluster,
          .counted_as = JobStatus::kFailed,
          .status = JobStatus::kFailed,
          .finished_at = FromUnix(time),
          .runtime_seconds = 5,
          .outputs = {{.output = 1, .records = id}, {.output = 2, .records = 7}}};
}

PackageClusterRow Row(int64_t id) {
  return {.id = id,
          .names = {.package_id = id, .cluster_id = {}, .package_name = "p", .cluster_name = ""},
          .seen_at = FromUnix(50)};
}

class JobDatabaseTest : public testing::Test {
 protected:
  JobDatabaseTest() { Open(); }

  void Open() {
    database_.reset();
    auto opened = JobDatabase::Open(folder_.File("acme.sqlite3"), "acme");
    ASSERT_TRUE(opened) << opened.error().message;
    database_.emplace(std::move(*opened));
    auto state = database_->ReadState();
    ASSERT_TRUE(state) << state.error().message;
    state_ = std::move(*state);
  }
  // Two package-clusters, a job of each, and one more of the second.
  void WriteThree() {
    WriteBatch batch{.header = state_.header};
    batch.package_clusters = {{.previous = {}, .after = Row(1)}, {.previous = {}, .after = Row(2)}};
    for (const auto& [id, of] : {std::pair(10, 1), std::pair(11, 2), std::pair(12, 2)}) {
      batch.jobs.push_back({.previous = {}, .after = Finished(id, of)});
    }
    ASSERT_TRUE(database_->Write(batch));
  }
  std::vector<FinishedJob> All() {
    std::vector<FinishedJob> jobs;
    EXPECT_TRUE(database_->ForEachJob([&](const FinishedJob& job) { jobs.push_back(job); }));
    return jobs;
  }

  TemporaryFolder folder_;
  std::optional<JobDatabase> database_;
  DatabaseState state_;
};

TEST_F(JobDatabaseTest, IsEmptyAtFirst) {
  EXPECT_EQ(state_.header.account, "acme");
  EXPECT_FALSE(state_.header.count_from);
  EXPECT_EQ(database_->package_clusters(), 0);
  EXPECT_THAT(All(), IsEmpty());
}

TEST_F(JobDatabaseTest, ReadsWhatItWrote) {
  WriteThree();
  WriteBatch batch{.header = state_.header};
  batch.header.count_from = FromUnix(7);
  batch.header.initial_sync_complete = true;
  batch.anomalies = {{AnomalyReason::kReopened, 10}, {AnomalyReason::kReopened, 11}};
  ASSERT_TRUE(database_->Write(batch));
  Open();
  EXPECT_EQ(state_.header.count_from, FromUnix(7));
  EXPECT_TRUE(state_.header.initial_sync_complete);
  EXPECT_EQ(database_->package_clusters(), 2);
  EXPECT_EQ(database_->FindPackageCluster(2)->names, Row(2).names);
  EXPECT_EQ(state_.anomalies[static_cast<size_t>(AnomalyReason::kReopened)], 2U);
  EXPECT_TRUE(*database_->HasAnomaly({AnomalyReason::kReopened, 10}));
  EXPECT_FALSE(*database_->HasAnomaly({AnomalyReason::kVanished, 10}));
  EXPECT_THAT(All(), ElementsAre(Finished(10, 1), Finished(11, 2), Finished(12, 2)));
}

TEST_F(JobDatabaseTest, FindsARowOrNone) {
  WriteThree();
  EXPECT_EQ(**database_->FindJob(11), Finished(11, 2));
  EXPECT_FALSE(*database_->FindJob(13));
  EXPECT_EQ(database_->FindPackageCluster(2)->names, Row(2).names);
  EXPECT_FALSE(database_->FindPackageCluster(3));
}

TEST_F(JobDatabaseTest, VisitsTheJobsOfSomePackageClusters) {
  WriteThree();
  const auto ids_of = [&](const std::set<int64_t>& package_clusters) {
    std::vector<int64_t> ids;
    EXPECT_TRUE(database_->ForEachJob(package_clusters,
                                      [&](const FinishedJob& job) { ids.push_back(job.id); }));
    return ids;
  };
  EXPECT_THAT(ids_of({2}), ElementsAre(11, 12));
  EXPECT_THAT(ids_of({1, 2}), ElementsAre(10, 11, 12));
  EXPECT_THAT(ids_of({3}), IsEmpty());
  EXPECT_THAT(ids_of({}), IsEmpty());
}

TEST_F(JobDatabaseTest, VisitsThePackageClustersOfLate) {
  WriteThree();
  WriteBatch batch{.header = state_.header};
  PackageClusterRow pending = Row(3);
  pending.zero_pending = true;
  FinishedJob of_pending = Finished(13, 4);
  of_pending.zero_pending = true;
  FinishedJob late = Finished(14, 5);
  late.finished_at = FromUnix(1000);
  batch.package_clusters = {{.previous = {}, .after = pending},
                            {.previous = {}, .after = Row(4)},
                            {.previous = {}, .after = Row(5)}};
  batch.jobs = {{.previous = {}, .after = of_pending}, {.previous = {}, .after = late}};
  ASSERT_TRUE(database_->Write(batch));
  const auto ids_since = [&](int64_t time, const std::set<int64_t>& others) {
    std::vector<int64_t> ids;
    EXPECT_TRUE(database_->ForEachRecentPackageCluster(
        FromUnix(time), others, [&](const PackageClusterRow& row) { ids.push_back(row.id); }));
    return ids;
  };
  EXPECT_THAT(ids_since(1000, {}), ElementsAre(3, 4, 5));
  EXPECT_THAT(ids_since(1001, {}), ElementsAre(3, 4));
  EXPECT_THAT(ids_since(1001, {2, 9}), ElementsAre(2, 3, 4));
  EXPECT_THAT(ids_since(50, {}), ElementsAre(1, 2, 3, 4, 5)) << "first seen then";
}

TEST_F(JobDatabaseTest, VisitsJobsInOrderOfFinish) {
  WriteThree();
  WriteBatch batch{.header = state_.header};
  FinishedJob early = Finished(13, 2);
  early.finished_at = FromUnix(1);
  batch.jobs = {{.previous = {}, .after = early}};
  ASSERT_TRUE(database_->Write(batch));
  std::vector<int64_t> ids;
  EXPECT_TRUE(
      database_->ForEachJob({1, 2}, [&](const FinishedJob& job) { ids.push_back(job.id); }));
  EXPECT_THAT(ids, ElementsAre(13, 10, 11, 12));
}

TEST_F(JobDatabaseTest, KeepsTheChecksumOfCorrectedRows) {
  WriteThree();
  WriteBatch batch{.header = state_.header};
  batch.jobs = {{.previous = Finished(11, 2), .after = Finished(11, 2, 200)}};
  PackageClusterRow marked = Row(1);
  marked.zero_pending = true;
  batch.package_clusters = {{.previous = Row(1), .after = marked}};
  ASSERT_TRUE(database_->Write(batch));
  Open();
  EXPECT_THAT(All(), ElementsAre(Finished(10, 1), Finished(11, 2, 200), Finished(12, 2)));
  EXPECT_TRUE(database_->FindPackageCluster(1)->zero_pending);
}

TEST_F(JobDatabaseTest, RefusesRowsBesideTheirChecksum) {
  WriteThree();
  WriteBatch batch{.header = state_.header};
  batch.jobs = {{.previous = Finished(11, 1), .after = Finished(11, 2)}};  // not as stored
  ASSERT_TRUE(database_->Write(batch));
  Open();
  const auto status = database_->ForEachJob([](const FinishedJob&) {});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("not the ones that were written"));
}

TEST_F(JobDatabaseTest, InMemoryTakesTheSameBatches) {
  auto memory = JobDatabase::Open("", "acme");
  ASSERT_TRUE(memory);
  database_.emplace(std::move(*memory));
  state_ = *database_->ReadState();
  WriteThree();
  EXPECT_EQ(All().size(), 3U);
}

}  // namespace
}  // namespace xplenty::job_database_test
