// Tests with bodies that no API should send, and rows that cannot be counted.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jobs/job_json.h"

namespace xplenty::job_json_hostile_test {
namespace {

std::string ErrorOf(std::string_view body) {
  const Result<JobList> list = ParseJobList(body);
  if (list) return "";
  EXPECT_EQ(list.error().code, ErrorCode::kParse);
  return list.error().message;
}

std::vector<uint64_t> Rejects(std::string_view body) {
  const Result<JobList> list = ParseJobList(body);
  std::vector<uint64_t> fingerprints;
  EXPECT_TRUE(list.has_value()) << body;
  if (!list) return fingerprints;
  for (const RejectedRow& row : list->rejects) fingerprints.push_back(row.fingerprint);
  return fingerprints;
}

TEST(ParseJobList, ErrorObjectIsNotAList) {
  EXPECT_EQ(ErrorOf(R"({"message":"secret words"})"), "not a JSON array of jobs but an object");
  EXPECT_EQ(ErrorOf("\"x\""), "not a JSON array of jobs but a single value");
  EXPECT_EQ(ErrorOf("null"), "not a JSON array of jobs but a single value");
}

TEST(ParseJobList, ErrorDoesNotQuoteTheBody) {
  const std::string error = ErrorOf(R"([{"id":1,"status":"idle","key":"sesame", sesame}])");
  EXPECT_EQ(error.find("sesame"), std::string::npos);
  EXPECT_TRUE(error.starts_with("not JSON at byte ")) << error;
}

TEST(ParseJobList, RefusesWhatIsNotJson) {
  for (const std::string& body :
       {std::string(), std::string("<html></html>"), std::string("[1,]"), std::string("[NaN]"),
        std::string("[] []"), std::string("[/* */]"), std::string("[\"\x01\"]"),
        std::string("[\"\\ud800\"]"), std::string("[\"\xFF\"]"), std::string("[\"\xC0\x80\"]"),
        std::string("[\"\xED\xA0\x80\"]"), std::string("[\0]", 3), std::string("[01]"),
        std::string("[]\0", 3), std::string("[]\0[]", 5), std::string("]"), std::string("[}"),
        std::string("[{\"id\"}]")}) {
    EXPECT_TRUE(ErrorOf(body).starts_with("not JSON at byte ")) << body;
  }
}

TEST(ParseJobList, RefusesWhatFollowsAZeroByte) {
  EXPECT_EQ(ErrorOf(std::string("[]\0", 3)), "not JSON at byte 3");
  EXPECT_EQ(ErrorOf(std::string("[]\n\0<html>", 10)), "not JSON at byte 4");
  EXPECT_EQ(ParseErrorMessage(std::string("{\"message\":\"x\"}\0y", 17)), std::nullopt);
}

TEST(ParseJobList, RefusesANumberBeyondDouble) {
  EXPECT_TRUE(ErrorOf(R"([{"id":1,"status":"idle","x":1e400}])").starts_with("a number beyond"));
}

TEST(ParseJobList, LimitsTheDepth) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(ErrorOf(nested(64)), "");
  EXPECT_EQ(ErrorOf(nested(65)), "nested deeper than 64");
  EXPECT_EQ(ErrorOf(std::string(1'000'000, '[')), "nested deeper than 64");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "[{\"a\":";
  EXPECT_EQ(ErrorOf(objects), "nested deeper than 64");
}

TEST(ParseJobList, RefusesAPageCutAnywhere) {
  const std::string page =
      R"([{"id":1,"status":"completed","progress":1.0,"package":{"id":5,"name":"é\u0041"},)"
      R"("outputs":[{"id":1,"records_count":10}],"x":[true,false,null,-1.5e3]},)"
      R"({"id":2,"status":null},[{"id":3}],7])";
  ASSERT_EQ(ErrorOf(page), "");
  for (size_t length = 0; length < page.size(); ++length) {
    EXPECT_NE(ErrorOf(page.substr(0, length)), "") << length;
  }
}

TEST(ParseJobList, SurvivesEveryFlippedByte) {
  const std::string page =
      R"([{"id":1,"status":"failed","package":{"name":"a"},"outputs":[{"records_count":1}]}])";
  for (size_t i = 0; i < page.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = page;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const Result<JobList> list = ParseJobList(bad);
      EXPECT_TRUE(!list || list->jobs.size() + list->rejects.size() == 1) << bad;
    }
  }
}

TEST(ParseJobList, RejectsOnlyUnusableRows) {
  for (const char* row :
       {"null", "5", "\"x\"", "true", "[]", R"([{"id":1,"status":"idle"}])", "{}", R"({"id":1})",
        R"({"status":"idle"})", R"({"id":null,"status":"idle"})", R"({"id":"1","status":"idle"})",
        R"({"id":0,"status":"idle"})", R"({"id":-1,"status":"idle"})",
        R"({"id":1.5,"status":"idle"})", R"({"id":9223372036854775808,"status":"idle"})",
        R"({"id":{"id":1},"status":"idle"})", R"({"id":1,"status":null})", R"({"id":1,"status":3})",
        R"({"id":1,"status":["idle"]})"}) {
    const std::string body =
        R"([{"id":8,"status":"idle"},)" + std::string(row) + R"(,{"id":9,"status":"idle"}])";
    const Result<JobList> list = ParseJobList(body);
    ASSERT_TRUE(list.has_value()) << body;
    EXPECT_EQ(list->rejects.size(), 1U) << body;
    ASSERT_EQ(list->jobs.size(), 2U) << body;
    EXPECT_EQ(list->jobs[0].id, 8) << body;
    EXPECT_EQ(list->jobs[1].id, 9) << body;
  }
}

TEST(RejectedRow, FingerprintFollowsContent) {
  const std::string row = R"({"id":0,"status":"idle","x":[1,{"a":null}]})";
  const auto alone = Rejects("[" + row + "]");
  const auto spaced = Rejects(R"([{"id":7,"status":"idle"}, { "id" : 0 , "status":"idle",)"
                              R"("\u0078":[1, {"a" :null}]}])");
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone, spaced);
  const auto others = Rejects(
      R"([{"id":0,"status":"idle","x":[1,{"a":false}]},{"id":0,"status":"idle","x":[[1],{}]},)"
      R"({"id":0,"status":"idle","x":[1,{}]},{"id":0},"",0,0.0,false,null,[],{},[0],["0"]])");
  std::vector<uint64_t> all = others;
  all.push_back(alone.front());
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t k = 0; k < i; ++k) EXPECT_NE(all[i], all[k]) << i << " and " << k;
  }
}

}  // namespace
}  // namespace xplenty::job_json_hostile_test
