#include "simulator/workload.h"

#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "simulator/job_json.h"
#include "simulator/job_store.h"

namespace xplenty::simulator::workload_test {
namespace {

const Timestamp kStart = *ParseIso8601("2026-01-02T12:00:00Z");

std::string AllRows(const JobStore& store) {
  std::string rows;
  for (const auto& [id, job] : store.jobs()) rows += RenderRow(job, store, {"demo", false}) + "\n";
  return rows;
}

TEST(Workload, SameSeedGivesSameRows) {
  const WorkloadOptions options{.seed = 5};
  JobStore in_one_step(options, kStart);
  JobStore in_many_steps(options, kStart);
  const Timestamp end = kStart + std::chrono::hours(2);
  in_one_step.Advance(end);
  for (Timestamp now = kStart; now <= end; now += std::chrono::seconds(7)) {
    in_many_steps.Advance(now);
  }
  in_many_steps.Advance(end);
  EXPECT_EQ(AllRows(in_one_step), AllRows(in_many_steps));

  JobStore other({.seed = 6}, kStart);
  other.Advance(end);
  EXPECT_NE(AllRows(in_one_step), AllRows(other));
}

TEST(Workload, EachJobHasItsOwnCluster) {
  const JobStore store({.jobs = 3000}, kStart);
  std::set<int64_t> ids;
  std::set<std::string> names;
  size_t made = 0;
  std::map<std::string, int> last;
  for (const auto& [id, job] : store.jobs()) {
    const std::string name = *store.workload().ClusterName(job.plan.cluster_id);
    ids.insert(job.plan.cluster_id);
    names.insert(name);
    if (std::regex_match(name, std::regex("[a-z]+-[a-z]+-[1-9][0-9]{2}"))) {
      ++made;
      continue;
    }
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(name, parts, std::regex("([A-Z][A-Za-z ]+) #([0-9]+)"))) << name;
    int& number = last[parts[1]];
    EXPECT_LT(number, std::stoi(parts[2])) << name;
    number = std::stoi(parts[2]);
  }
  EXPECT_EQ(ids.size(), store.jobs().size());
  EXPECT_EQ(names.size(), store.jobs().size());
  EXPECT_GT(made, store.jobs().size() / 3);
  EXPECT_EQ(last.size(), 6U) << "half of the twelve packages";
}

TEST(Workload, SeedChangesClusterNames) {
  const Workload one({.seed = 1}, kStart);
  EXPECT_EQ(one.ClusterName(5000), Workload({.seed = 1}, kStart).ClusterName(5000));
  std::set<std::string> names;
  for (uint64_t seed = 1; seed <= 9; ++seed) {
    names.insert(*Workload({.seed = seed, .packages = 1}, kStart).ClusterName(5000));
  }
  EXPECT_EQ(names.size(), 9U);
}

TEST(Workload, ReusesClusters) {
  const JobStore store({.jobs = 3000, .reuse_clusters = true, .clusters = 2}, kStart);
  std::set<std::string> names;
  for (const auto& [id, job] : store.jobs()) {
    names.insert(*store.workload().ClusterName(job.plan.cluster_id));
  }
  EXPECT_GE(names.size(), 2U);
  EXPECT_LE(names.size(), 24U);
  EXPECT_TRUE(names.contains("nightly-5000"));
}

TEST(Workload, FillsThePastAndContinues) {
  JobStore store({.jobs = 1000}, kStart);
  EXPECT_NEAR(static_cast<double>(store.jobs().size()), 1000, 50);
  store.Advance(kStart + std::chrono::hours(24));
  EXPECT_NEAR(static_cast<double>(store.jobs().size()), 2000, 100);
}

TEST(Workload, ReachesEveryStatus) {
  JobStore store({.jobs = 3000}, kStart);
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    store.Advance(kStart + std::chrono::seconds(i));
    for (const char* status : {"idle", "pending", "queued", "running", "pending_stoppage",
                               "stopping", "completed", "failed", "stopped"}) {
      ListQuery query;
      query.status = status;
      query.limit = 1;
      query.sort = SortField::kUpdatedAt;
      if (!store.List(query, {}).empty()) seen.insert(status);
    }
  }
  EXPECT_EQ(seen.size(), 9U);
}

TEST(Workload, HasUnusualRows) {
  JobStore store({.jobs = 5000}, kStart);
  int never_started = 0, null_failed_at = 0, offsets = 0, late_updates = 0;
  for (const auto& [id, job] : store.jobs()) {
    const auto row = RenderJob(job, store, {"demo", false});
    if (row["status"] == "stopped" && row["started_at"].is_null()) ++never_started;
    if (row["status"] == "failed" && row["failed_at"].is_null()) ++null_failed_at;
    if (row["created_at"].get<std::string>().ends_with("+03:00")) ++offsets;
    if (row["status"] == "completed" && row["completed_at"] != row["updated_at"]) ++late_updates;
  }
  EXPECT_GT(never_started, 0);
  EXPECT_GT(null_failed_at, 0);
  EXPECT_GT(offsets, 0);
  EXPECT_GT(late_updates, 0);
}

TEST(Workload, ProgressMovesWithoutUpdatedAt) {
  JobStore store({.jobs = 2000}, kStart);
  ListQuery query;
  query.status = "running";
  query.limit = 100;
  int moved = 0;
  std::map<int64_t, nlohmann::json> previous;
  for (const Job* job : store.List(query, {})) previous[job->id] = RenderJob(*job, store, {});
  store.Advance(kStart + std::chrono::seconds(30));
  for (const Job* job : store.List(query, {})) {
    const auto found = previous.find(job->id);
    if (found == previous.end()) continue;
    const auto after = RenderJob(*job, store, {});
    EXPECT_EQ(found->second["updated_at"], after["updated_at"]);
    if (after["runtime_in_seconds"] > found->second["runtime_in_seconds"]) ++moved;
  }
  EXPECT_GT(moved, 0);
}

TEST(Workload, LeavesAPostedJobAlone) {
  JobStore store({.jobs = 0}, kStart);
  const int64_t id = store.Upsert({{"status", "running"}}, kStart);
  const std::string previous = AllRows(store);
  store.Advance(kStart + std::chrono::hours(10));
  EXPECT_EQ(AllRows(store), previous);
  EXPECT_EQ(id, 1);
}

}  // namespace
}  // namespace xplenty::simulator::workload_test
