#include "jobs/job_json.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty::job_json_test {
namespace {

JobList Parse(const std::string& body) {
  Result<JobList> list = ParseJobList(body);
  EXPECT_TRUE(list.has_value()) << body << ": " << (list ? "" : list.error().message);
  return list ? *list : JobList{};
}

// Parses a list with one job, `{"id":1,"status":"running",<fields>}`.
Job ParseJob(const std::string& fields) {
  const JobList list = Parse(R"([{"id":1,"status":"running",)" + fields + "}]");
  EXPECT_EQ(list.rejects.size(), 0U) << fields;
  EXPECT_EQ(list.jobs.size(), 1U) << fields;
  return list.jobs.empty() ? Job{} : list.jobs.front();
}

constexpr const char* kFullJob = R"([{
  "id": 157, "status": "completed", "owner_id": 3, "progress": 1.0, "outputs_count": 2,
  "outputs": [
    {"id": 21, "name": "out \"a\"", "records_count": 1000, "url": "https://x/21",
     "component": {"id": 9, "name": "s3", "type": "cloud_storage", "fields": [{"id": 5}, "id"]}},
    {"id": 22, "records_count": 34}],
  "variables": {"id": "5", "status": "failed", "package": {"name": "wrong"}},
  "dynamic_variables": {}, "started_at": "2026-03-01T12:30:05+03:00",
  "created_at": "2026-03-01T09:30:00Z", "completed_at": "2026-03-01T09:40:00.123Z",
  "failed_at": null, "updated_at": "2026-03-01T09:40:02Z", "cluster_id": 45, "package_id": 88,
  "errors": "a\nb", "runtime_in_seconds": 595, "url": "u", "html_url": "h", "log_url": null,
  "creator": {"type": "User", "display_name": "Ann", "id": 4, "url": "c"},
  "package": {"id": 88, "name": "sales_daily", "url": "p"},
  "cluster": {"id": 45, "name": "blue", "url": "q"},
  "attempts": [[1, {"id": 2}], {"started_at": "never"}]}])";

TEST(ParseJobList, ReadsEveryField) {
  const JobList list = Parse(kFullJob);
  ASSERT_EQ(list.jobs.size(), 1U);
  const Job& job = list.jobs.front();
  EXPECT_EQ(job.id, 157);
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(job.package_id, 88);
  EXPECT_EQ(job.cluster_id, 45);
  EXPECT_EQ(job.package_name, "sales_daily");
  EXPECT_EQ(job.cluster_name, "blue");
  EXPECT_EQ(job.progress, 1.0);
  EXPECT_EQ(job.created_at, ParseIso8601("2026-03-01T09:30:00Z"));
  EXPECT_EQ(job.started_at, ParseIso8601("2026-03-01T09:30:05Z"));
  EXPECT_EQ(job.completed_at, ParseIso8601("2026-03-01T09:40:00Z"));
  EXPECT_EQ(job.failed_at, std::nullopt);
  EXPECT_EQ(job.updated_at, ParseIso8601("2026-03-01T09:40:02Z"));
  EXPECT_EQ(job.runtime_seconds, 595);
  ASSERT_EQ(job.outputs.size(), 2U);
  EXPECT_EQ(job.outputs[0].id, 21);
  EXPECT_EQ(job.outputs[0].records, 1000);
  EXPECT_EQ(job.outputs[1].records, 34);
  EXPECT_EQ(job.error, "a\nb");
  EXPECT_EQ(job.link, "h");
  EXPECT_FALSE(job.malformed);
}

TEST(ParseJobList, ReadsIdAndStatusOnly) {
  const JobList list = Parse(R"([{"status":"idle","id":9}])");
  ASSERT_EQ(list.jobs.size(), 1U);
  const Job& job = list.jobs.front();
  EXPECT_EQ(job.id, 9);
  EXPECT_EQ(job.status, JobStatus::kIdle);
  EXPECT_FALSE(job.package_id || job.cluster_id || job.progress || job.runtime_seconds);
  EXPECT_FALSE(job.created_at || job.started_at || job.completed_at || job.updated_at);
  EXPECT_TRUE(job.package_name.empty() && job.outputs.empty());
  EXPECT_FALSE(job.malformed);
}

TEST(ParseJobList, ReadsEmptyListWithBom) {
  EXPECT_TRUE(Parse("[]").jobs.empty());
  EXPECT_TRUE(Parse("\xEF\xBB\xBF [ ] \n").jobs.empty());
}

TEST(ParseJobList, KeepsTheOrderOfTheRows) {
  const JobList list =
      Parse(R"([{"id":3,"status":"failed"},{"id":1,"status":"stopped"},{"id":2,"status":"idle"}])");
  ASSERT_EQ(list.jobs.size(), 3U);
  EXPECT_EQ(list.jobs[0].id, 3);
  EXPECT_EQ(list.jobs[1].id, 1);
  EXPECT_EQ(list.jobs[2].id, 2);
}

TEST(ParseJobList, NullIsAbsence) {
  const Job job =
      ParseJob(R"("progress":null,"outputs":null,"started_at":null,"package":null,"cluster":null,)"
               R"("package_id":null,"runtime_in_seconds":null,"updated_at":null)");
  EXPECT_FALSE(job.malformed);
  EXPECT_TRUE(job.outputs.empty());
  const Job nested = ParseJob(
      R"("package":{"id":null,"name":null},"outputs":[null,{"id":null,"records_count":null}])");
  EXPECT_FALSE(nested.malformed);
  ASSERT_EQ(nested.outputs.size(), 1U);
  EXPECT_EQ(nested.outputs[0].id, std::nullopt);
  EXPECT_EQ(nested.outputs[0].records, 0);
}

TEST(ParseJobList, UnknownStatusIsUnknown) {
  const JobList list = Parse(R"([{"id":1,"status":"hibernating"},{"id":2,"status":""}])");
  ASSERT_EQ(list.jobs.size(), 2U);
  EXPECT_EQ(list.jobs[0].status, JobStatus::kUnknown);
  EXPECT_EQ(list.jobs[1].status, JobStatus::kUnknown);
  EXPECT_FALSE(list.jobs[0].malformed);
}

TEST(ParseJobList, PrefersFlatIds) {
  EXPECT_EQ(ParseJob(R"("package":{"id":7},"cluster":{"id":8})").package_id, 7);
  EXPECT_EQ(ParseJob(R"("package":{"id":7},"cluster":{"id":8})").cluster_id, 8);
  EXPECT_EQ(ParseJob(R"("package":{"id":7},"package_id":6)").package_id, 6);
  const Job job = ParseJob(R"("package":{"id":7},"package_id":"6")");
  EXPECT_EQ(job.package_id, 7);
  EXPECT_TRUE(job.malformed);
}

TEST(ParseJobList, CleansNames) {
  EXPECT_EQ(ParseJob(R"("package":{"name":""})").package_name, "");
  EXPECT_FALSE(ParseJob(R"("package":{"name":""})").malformed);
  EXPECT_EQ(ParseJob(R"("package":{"name":"a\u0000b\nc"})").package_name,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
  EXPECT_EQ(ParseJob(R"("cluster":{"name":"\ud83d\ude80"})").cluster_name, "\xF0\x9F\x9A\x80");
  EXPECT_EQ(ParseJob(R"("cluster":{"name":")" + std::string(500, 'x') + R"("})").cluster_name,
            std::string(117, 'x') + "…c38c2bf3");
}

TEST(ParseJobList, WrongFieldIsAbsentAndMarked) {
  for (const char* field : {
           R"("progress":"0.5")",
           R"("progress":-0.01)",
           R"("progress":1.000001)",
           R"("progress":true)",
           R"("progress":18446744073709551616)",
           R"("runtime_in_seconds":-1)",
           R"("runtime_in_seconds":10000000001)",
           R"("runtime_in_seconds":1.5)",
           R"("runtime_in_seconds":1e300)",
           R"("runtime_in_seconds":"5")",
           R"("runtime_in_seconds":[5])",
           R"("created_at":5)",
           R"("created_at":"yesterday")",
           R"("started_at":{"id":5})",
           R"("updated_at":false)",
           R"("package_id":0)",
           R"("package_id":-4)",
           R"("package_id":9223372036854775808)",
           R"("package_id":1.5)",
           R"("cluster_id":"45")",
           R"("package":"sales")",
           R"("package":["sales"])",
           R"("package":{"name":5})",
           R"("package":{"name":{"name":"x"}})",
           R"("cluster":{"id":[1]})",
           R"("outputs":{})",
           R"("outputs":7)",
           R"("outputs":[5])",
           R"("outputs":[[]])",
       }) {
    const Job job = ParseJob(field);
    EXPECT_TRUE(job.malformed) << field;
    EXPECT_FALSE(job.progress || job.runtime_seconds || job.created_at || job.started_at ||
                 job.updated_at || job.package_id || job.cluster_id)
        << field;
    EXPECT_TRUE(job.package_name.empty() && job.outputs.empty()) << field;
  }
}

TEST(ParseJobList, WrongTextIsAbsentAndUnmarked) {
  for (const char* fields : {R"("errors":5,"html_url":false)", R"("errors":["a"],"html_url":{})",
                             R"("errors":"a","errors":null,"html_url":"h","html_url":7)"}) {
    const Job job = ParseJob(fields);
    EXPECT_FALSE(job.malformed) << fields;
    EXPECT_EQ(job.error + job.link, "") << fields;
  }
}

TEST(ParseJobList, ReadsTheEdgesOfTheRanges) {
  EXPECT_EQ(ParseJob(R"("progress":0)").progress, 0.0);
  EXPECT_EQ(ParseJob(R"("progress":1)").progress, 1.0);
  EXPECT_EQ(ParseJob(R"("runtime_in_seconds":10000000000)").runtime_seconds, 10'000'000'000);
  EXPECT_EQ(ParseJob(R"("runtime_in_seconds":1e10)").runtime_seconds, 10'000'000'000);
  EXPECT_EQ(ParseJob(R"("runtime_in_seconds":12.0)").runtime_seconds, 12);
  EXPECT_EQ(ParseJob(R"("runtime_in_seconds":0)").runtime_seconds, 0);
  EXPECT_EQ(ParseJob(R"("package_id":9223372036854775807)").package_id, 9223372036854775807);
}

TEST(ParseJobList, BadRecordsCountIsMarkedZero) {
  for (const char* count : {"-1", "1.5", "\"7\"", "9223372036854775808", "{}", "true"}) {
    const Job job = ParseJob(R"("outputs":[{"id":4,"records_count":)" + std::string(count) + "}]");
    ASSERT_EQ(job.outputs.size(), 1U) << count;
    EXPECT_EQ(job.outputs[0].id, 4) << count;
    EXPECT_EQ(job.outputs[0].records, 0) << count;
    EXPECT_TRUE(job.malformed) << count;
  }
  const Job job = ParseJob(R"("outputs":[{"id":0,"records_count":3},{}])");
  ASSERT_EQ(job.outputs.size(), 2U);
  EXPECT_EQ(job.outputs[0].id, std::nullopt);
  EXPECT_EQ(job.outputs[0].records, 3);
  EXPECT_TRUE(job.malformed);
}

TEST(ParseJobList, KeepsTenThousandOutputs) {
  const auto outputs = [](int count) {
    std::string list = R"("outputs":[)";
    for (int i = 0; i < count; ++i) list += R"({"records_count":1},)";
    list.back() = ']';
    return list;
  };
  EXPECT_FALSE(ParseJob(outputs(10'000)).malformed);
  const Job job = ParseJob(outputs(10'001));
  EXPECT_EQ(job.outputs.size(), 10'000U);
  EXPECT_TRUE(job.malformed);
}

TEST(ParseJobList, LastDuplicateKeyWins) {
  EXPECT_EQ(ParseJob(R"("id":2,"id":5)").id, 5);
  EXPECT_EQ(ParseJob(R"("progress":0.1,"progress":0.2)").progress, 0.2);
  EXPECT_EQ(ParseJob(R"("progress":0.1,"progress":null)").progress, std::nullopt);
  EXPECT_FALSE(ParseJob(R"("progress":"bad","progress":0.2)").malformed);
  const Job job = ParseJob(R"("package":{"id":7,"name":"a"},"package":{"id":8})");
  EXPECT_EQ(job.package_id, 8);
  EXPECT_EQ(job.package_name, "");
  EXPECT_EQ(ParseJob(R"("package":{"name":"a"},"package":null)").package_name, "");
  EXPECT_FALSE(ParseJob(R"("outputs":[5,{"id":"x"}],"outputs":[{"id":1}])").malformed);
  EXPECT_EQ(ParseJob(R"("outputs":[{},{}],"outputs":[{"id":1,"id":2}])").outputs.size(), 1U);
  EXPECT_TRUE(Parse(R"([{"id":1,"status":"idle","status":null}])").jobs.empty());
}

TEST(ParseJobList, NestedKeysAreNotTheJobs) {
  const Job job = ParseJob(
      R"("creator":{"id":99,"status":"failed","package":{"name":"no","id":5}},)"
      R"("x":[{"id":98,"outputs":[{"id":1}]},[{"id":97}]],"outputs":[{"component":{"id":96,)"
      R"("records_count":5,"fields":[{"id":95}]}}],"package":{"owner":{"name":"no","id":94}})");
  EXPECT_EQ(job.id, 1);
  EXPECT_EQ(job.status, JobStatus::kRunning);
  EXPECT_EQ(job.package_name, "");
  EXPECT_EQ(job.package_id, std::nullopt);
  ASSERT_EQ(job.outputs.size(), 1U);
  EXPECT_EQ(job.outputs[0].id, std::nullopt);
  EXPECT_EQ(job.outputs[0].records, 0);
  EXPECT_FALSE(job.malformed);
}

TEST(ParseErrorMessage, ReadsTheMessage) {
  EXPECT_EQ(ParseErrorMessage(R"({"message":"Invalid API key"})"), "Invalid API key");
  EXPECT_EQ(ParseErrorMessage(R"({"errors":{"message":"no"},"message":"yes","x":[{"message":1}]})"),
            "yes");
}

TEST(ParseErrorMessage, LeavesItAsItStands) {
  const std::string long_text(999, 'm');
  EXPECT_EQ(ParseErrorMessage(R"({"message":"a\nb)" + long_text + R"("})"), "a\nb" + long_text);
}

TEST(ParseErrorMessage, FindsNoneElsewhere) {
  for (const char* body : {"", "<html>", "[]", R"([{"message":"x"}])", R"({"message":5})", "5",
                           R"({"message":"x")", R"({"m":"x"})", R"({"a":{"message":"x"}})"}) {
    EXPECT_EQ(ParseErrorMessage(body), std::nullopt) << body;
  }
}

}  // namespace
}  // namespace xplenty::job_json_test
