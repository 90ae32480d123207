#include "simulator/truth.h"

#include "unit/simulator/simulator_fixture.h"

namespace xplenty::simulator::truth_test {
namespace {

using nlohmann::json;

json Job(int64_t id, const char* status) {
  return {{"id", id},
          {"status", status},
          {"package", {{"name", "sales"}}},
          {"cluster", {{"name", "c1"}}},
          {"created_at", "1970-01-02T00:00:00Z"},  // 86400
          {"started_at", "1970-01-02T00:00:20Z"},
          {"updated_at", "1970-01-02T00:02:00Z"},
          {"runtime_in_seconds", 60},
          {"progress", 0.5},
          {"outputs", {{{"records_count", 7}}, {{"records_count", 3}}}}};
}

json SalesOf(const std::vector<json>& rows, const TruthOptions& options) {
  return ComputeTruth(rows, options)["series"][0];
}

TEST(Truth, CountsFromTheGivenTime) {
  json late = Job(1, "completed");
  late["completed_at"] = "1970-01-02T00:05:00Z";  // 86700
  const std::vector<json> rows = {late, Job(2, "completed"), Job(3, "failed")};
  const json sales = SalesOf(rows, {.now = 90'000, .count_from = 86'500});
  EXPECT_EQ(sales["finished"]["completed"], 1);
  EXPECT_EQ(sales["finished"]["failed"], 0);
  EXPECT_EQ(sales["records"], 10);
  EXPECT_EQ(sales["jobs"]["completed"], 2);
  EXPECT_EQ(sales["runtime"]["completed"]["buckets"]["30.0"], 0);
  EXPECT_EQ(sales["runtime"]["completed"]["buckets"]["60.0"], 1);
  EXPECT_EQ(sales["runtime"]["completed"]["buckets"]["+Inf"], 1);
  EXPECT_EQ(sales["wait"]["sum"], 20);
  EXPECT_EQ(sales["wait"]["buckets"]["15.0"], 0);
  EXPECT_EQ(sales["wait"]["buckets"]["30.0"], 1);
}

TEST(Truth, FinishTimeUsesTheBestField) {
  json failed = Job(1, "failed");
  failed["failed_at"] = "1970-01-02T00:01:00Z";
  json unstarted = Job(3, "stopped");
  unstarted["started_at"] = nullptr;
  const std::vector<json> rows = {failed, Job(2, "failed"), unstarted};
  const auto finish_of = [&](size_t i) {
    return ComputeTruth({rows[i]}, {.now = 90'000})["packages"][0]["last_finish"];
  };
  EXPECT_EQ(finish_of(0), 86'460);
  EXPECT_EQ(finish_of(1), 86'480);
  EXPECT_EQ(finish_of(2), 86'520);
}

TEST(Truth, GaugeEndsAtTheLookback) {
  const std::vector<json> rows = {Job(1, "completed"), Job(2, "running"), Job(3, "dreaming")};
  const json sales = SalesOf(rows, {.now = 200'000, .lookback = 100});
  EXPECT_EQ(sales["jobs"]["completed"], 0);
  EXPECT_EQ(sales["jobs"]["running"], 1);
  EXPECT_EQ(sales["jobs"]["unknown"], 1);
  EXPECT_EQ(sales["finished"]["completed"], 1);
}

TEST(Truth, DescribesUnfinishedJobs) {
  json waiting = Job(2, "queued");
  waiting["started_at"] = nullptr;
  const json sales = SalesOf({Job(1, "running"), waiting}, {.now = 90'000});
  EXPECT_EQ(sales["progress_mean"], 0.5);
  EXPECT_EQ(sales["oldest_running_start"], 86'420);
  EXPECT_EQ(sales["oldest_waiting_creation"], 86'400);
  EXPECT_EQ(sales["unfinished_records"], 10);
  const json idle = SalesOf({waiting}, {.now = 90'000});
  EXPECT_TRUE(idle["progress_mean"].is_null());
  EXPECT_TRUE(idle["unfinished_records"].is_null());
}

TEST(Truth, LabelFallsBackToId) {
  json unnamed = Job(1, "completed");
  unnamed["package"]["name"] = "";
  unnamed["package_id"] = 12;
  unnamed.erase("cluster");
  const json sales = SalesOf({unnamed}, {.now = 90'000});
  EXPECT_EQ(sales["package"], "12");
  EXPECT_EQ(sales["cluster"], "unknown");
  json control = Job(1, "completed");
  control["package"]["name"] = "a\nb";
  EXPECT_EQ(SalesOf({control}, {.now = 90'000})["package"],
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Truth, CountsFailuresSinceTheLastSuccess) {
  std::vector<json> rows;
  const char* statuses[] = {"failed", "completed", "failed", "stopped", "failed"};
  for (int i = 0; i < 5; ++i) {
    rows.push_back(Job(i, statuses[i]));
    rows.back()["runtime_in_seconds"] = 10 * (i + 1);
  }
  const json package = ComputeTruth(rows, {.now = 90'000})["packages"][0];
  EXPECT_EQ(package["consecutive_failures"], 2);
  EXPECT_EQ(package["last_success"], 86'440);
  EXPECT_EQ(package["last_success_runtime"], 20);
  EXPECT_EQ(package["last_success_records"], 10);
  EXPECT_EQ(package["last_failure"], 86'470);
  EXPECT_EQ(package["last_status"], "failed");
}

class TruthEndpoint : public SimulatorTest {};

TEST_F(TruthEndpoint, DescribesTheReturnedRows) {
  Start(Still(90));
  std::map<std::string, int> listed;
  for (const json& row : Rows("limit=100")) ++listed[row["status"]];
  Post("/_jobs", {{"_raw", "{"}, {"status", "completed"}});  // the truth leaves it out
  const json truth = Get("/_truth?lookback=200000");
  std::map<std::string, int> reported;
  for (const json& series : truth["series"]) {
    for (const auto& [status, count] : series["jobs"].items()) {
      if (count != 0) reported[status] += count.get<int>();
    }
  }
  EXPECT_EQ(reported, listed);
  EXPECT_EQ(truth["now"], ToUnix(*ParseIso8601("2026-01-02T12:00:00Z")));
}

}  // namespace
}  // namespace xplenty::simulator::truth_test
