#include <gmock/gmock.h>

#include "unit/simulator/simulator_fixture.h"

namespace xplenty::simulator::list_jobs_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ListJobs : public SimulatorTest {
 protected:
  void SetUp() override { Start(Still()); }

  // Posts jobs 1 to `count`, with updated_at one second apart.
  void PostJobs(int count) {
    json jobs = json::array();
    for (int i = 1; i <= count; ++i) {
      const Timestamp time = *ParseIso8601("2026-01-02T10:00:00Z") + std::chrono::seconds(i);
      jobs.push_back({{"id", i},
                      {"status", i % 2 == 0 ? "completed" : "running"},
                      {"created_at", FormatIso8601(time - std::chrono::seconds(2 * i))},
                      {"updated_at", FormatIso8601(time)}});
    }
    Post("/_jobs", jobs);
  }
};

TEST_F(ListJobs, LimitDefaultsAndIsCapped) {
  PostJobs(120);
  EXPECT_EQ(Rows().size(), 20U);
  EXPECT_EQ(Rows("limit=100").size(), 100U);
  EXPECT_EQ(Rows("limit=100&offset=100").size(), 20U);
  EXPECT_EQ(Rows("offset=500").size(), 0U);
}

TEST_F(ListJobs, SortsByEachField) {
  PostJobs(4);
  EXPECT_THAT(Ids("sort=updated_at&direction=asc"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Ids("sort=updated_at"), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Ids("sort=created_at&direction=asc"), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Ids("sort=id&direction=asc&offset=1&limit=2"), ElementsAre(2, 3));
  EXPECT_THAT(Ids("sort=status&direction=asc"), ElementsAre(2, 4, 1, 3));
  EXPECT_THAT(Ids("sort=updated_at&limit=2&offset=1"), ElementsAre(3, 2));
}

TEST_F(ListJobs, FiltersByStatusAndSince) {
  PostJobs(4);
  EXPECT_THAT(Ids("status=running&sort=id&direction=asc"), ElementsAre(1, 3));
  EXPECT_THAT(Ids("since=2026-01-02T10:00:03Z&sort=updated_at&direction=asc"), ElementsAre(3, 4));
  EXPECT_THAT(Ids("since=2026-01-02T13:00:03%2B03:00&sort=id"), ElementsAre(4, 3));
  EXPECT_TRUE(Ids("since=2027-01-01T00:00:00Z").empty());
}

TEST_F(ListJobs, RefusesBadValues) {
  for (const char* query :
       {"offset=-1", "offset=x", "limit=0", "limit=101", "limit=", "status=done", "sort=name",
        "direction=up", "since=yesterday", "since=2026-01-02"}) {
    const auto result = List(query);
    ASSERT_TRUE(result) << query;
    EXPECT_EQ(result->status, 422) << query;
    EXPECT_TRUE(json::parse(result->body).contains("message"));
  }
  EXPECT_EQ(ListStatus("colour=blue"), 200);
}

TEST_F(ListJobs, RequiresKeyWithEmptyPassword) {
  httplib::Headers headers = {{"Accept", "application/vnd.xplenty+json; version=2"}};
  EXPECT_EQ(client_->Get("/demo/api/jobs", headers)->status, 401);
  headers.insert(httplib::make_basic_authentication_header("demo-key", "demo-key"));
  EXPECT_EQ(client_->Get("/demo/api/jobs", headers)->status, 401);
}

TEST_F(ListJobs, RequiresVersionTwo) {
  for (const char* accept : {"application/json", "application/vnd.xplenty+json",
                             "application/vnd.xplenty+json; version=1", "*/*"}) {
    httplib::Headers headers = {{"Accept", accept},
                                httplib::make_basic_authentication_header("demo-key", "")};
    EXPECT_EQ(client_->Get("/demo/api/jobs", headers)->status, 406) << accept;
  }
}

TEST_F(ListJobs, OtherPathsGetJsonErrors) {
  EXPECT_EQ(client_->Get("/other/api/jobs", Headers())->status, 404);
  const auto elsewhere = client_->Get("/demo/api/clusters", Headers());
  EXPECT_EQ(elsewhere->status, 404);
  EXPECT_TRUE(json::parse(elsewhere->body).contains("message"));
  EXPECT_EQ(client_->Post("/demo/api/jobs", Headers(), "{}", "application/json")->status, 405);
}

TEST_F(ListJobs, LinksNextAndPreviousPage) {
  PostJobs(5);
  EXPECT_FALSE(List("limit=5")->has_header("Link"));
  EXPECT_THAT(List("limit=2&sort=id")->get_header_value("Link"),
              "<http://" + simulator_->address() +
                  "/demo/api/jobs?limit=2&sort=id&offset=2>; rel=\"next\"");
  const std::string middle = List("limit=2&offset=2")->get_header_value("Link");
  EXPECT_THAT(middle, HasSubstr("offset=4>; rel=\"next\""));
  EXPECT_THAT(middle, HasSubstr("offset=0>; rel=\"prev\""));
  EXPECT_THAT(List("limit=2&offset=4")->get_header_value("Link"), Not(HasSubstr("next")));
}

TEST_F(ListJobs, CarriesTheSimulatedDate) {
  EXPECT_EQ(List()->get_header_value("Date"), "Fri, 02 Jan 2026 12:00:00 GMT");
  EXPECT_EQ(Post("/_clock", {{"advance_seconds", 61}})["now"], "2026-01-02T12:01:01Z");
  EXPECT_EQ(List()->get_header_value("Date"), "Fri, 02 Jan 2026 12:01:01 GMT");
}

TEST_F(ListJobs, AdvancesWithTheClock) {
  Post("/_clock", {{"speed", 1e6}});
  const auto now = [&] { return Get("/_clock")["now"].get<std::string>(); };
  const std::string begin = now();
  while (now() == begin) {
  }
  Post("/_clock", {{"speed", 0}});
  const std::string end = now();
  EXPECT_GT(end, begin);
  EXPECT_EQ(now(), end);
}

TEST_F(ListJobs, CompressesWhenAsked) {
  PostJobs(3);
  auto headers = Headers();
  headers.emplace("Accept-Encoding", "gzip");
  const auto result = client_->Get("/demo/api/jobs", headers);
  EXPECT_EQ(result->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(json::parse(result->body).size(), 3U);
  auto plain = Headers();
  plain.emplace("Accept-Encoding", "identity");
  EXPECT_FALSE(client_->Get("/demo/api/jobs", plain)->has_header("Content-Encoding"));
}

TEST_F(ListJobs, EmitsPostedFieldsVerbatim) {
  Post("/_jobs", {{"id", 7},
                  {"status", "hibernating"},
                  {"progress", nullptr},
                  {"runtime_in_seconds", "long"},
                  {"_omit", {"package", "cluster_id"}}});
  const json row = Rows()[0];
  EXPECT_EQ(row["status"], "hibernating");
  EXPECT_TRUE(row["progress"].is_null());
  EXPECT_EQ(row["runtime_in_seconds"], "long");
  EXPECT_FALSE(row.contains("package"));
  EXPECT_FALSE(row.contains("cluster_id"));
  EXPECT_TRUE(row.contains("cluster"));
}

TEST_F(ListJobs, EmitsRawRowsAsTheyAre) {
  Post("/_jobs", {{"id", 7}, {"_raw", "{\"id\": 7, \"status\": 3"}, {"status", "failed"}});
  EXPECT_EQ(List("status=failed")->body, "[{\"id\": 7, \"status\": 3]");
}

TEST_F(ListJobs, NewJobsGetTheNextId) {
  EXPECT_EQ(Post("/_jobs", json::array({{{"id", 40}}, json::object()})), json({40, 41}));
  EXPECT_EQ(client_->Delete("/_jobs/40")->status, 200);
  EXPECT_EQ(client_->Delete("/_jobs/40")->status, 404);
  EXPECT_THAT(Ids(), ElementsAre(41));
}

TEST_F(ListJobs, RecordsRequests) {
  List("limit=3");
  ListStatus("limit=0");
  const json requests = Get("/_requests");
  EXPECT_EQ(requests["total"], 2);
  EXPECT_EQ(requests["list"][0]["query"], "limit=3");
  EXPECT_EQ(requests["list"][0]["authorization_ok"], true);
  EXPECT_EQ(requests["list"][1]["status"], 422);
  client_->Delete("/_requests");
  EXPECT_EQ(Get("/_requests")["total"], 0);
}

TEST_F(ListJobs, LimitsRequestsPerSimulatedHour) {
  auto options = Still();
  options.rate_limit = 2;
  Start(options);
  EXPECT_EQ(List()->get_header_value("X-RateLimit-Limit"), "2");
  EXPECT_EQ(List()->get_header_value("X-RateLimit-Remaining"), "0");
  const auto refused = List();
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->get_header_value("Retry-After"), "3600");
  Post("/_clock", {{"advance_seconds", 3600}});
  EXPECT_EQ(ListStatus(), 200);
}

TEST_F(ListJobs, BareRowsHaveNoNestedObjects) {
  auto options = Still(50);
  options.bare = true;
  Start(options);
  const json row = Rows()[0];
  for (const char* key : {"package", "cluster", "creator", "outputs"}) {
    EXPECT_FALSE(row.contains(key)) << key;
  }
  EXPECT_TRUE(row.contains("package_id"));
}

TEST_F(ListJobs, RefusesAPortInUse) {
  auto options = Still();
  options.listen_address = simulator_->address();
  EXPECT_FALSE(Simulator::Start(options));
}

}  // namespace
}  // namespace xplenty::simulator::list_jobs_test
