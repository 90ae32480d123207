#include "api/list_jobs.h"

#include <gtest/gtest.h>

namespace xplenty::list_jobs_test {
namespace {

constexpr const char* kTwoJobs = R"([{"id":1,"status":"idle"},{"id":2,"status":"running"}])";

RawResponse Answer(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

ApiError ErrorOf(const RawResponse& response) {
  const auto page = ReadListJobs(response, 100);
  EXPECT_FALSE(page.has_value());
  return page ? ApiError{} : page.error();
}

TEST(ListJobsTarget, AsksInAscendingOrder) {
  EXPECT_EQ(ListJobsTarget("acme", {}, 100),
            "/acme/api/jobs?sort=updated_at&direction=asc&limit=100");
}

TEST(ListJobsTarget, HasAllRequestParameters) {
  EXPECT_EQ(ListJobsTarget("acme",
                           {.sort = SortField::kId,
                            .status = JobStatus::kPendingStoppage,
                            .since = FromUnix(1772357400),
                            .offset = 200},
                           20),
            "/acme/api/jobs?sort=id&direction=asc&limit=20&offset=200"
            "&since=2026-03-01T09%3A30%3A00Z&status=pending_stoppage");
}

TEST(ListJobsTarget, EncodesTheAccount) {
  EXPECT_TRUE(ListJobsTarget("a/b?c d%é", {}, 1).starts_with("/a%2Fb%3Fc%20d%25%C3%A9/api/jobs?"));
}

TEST(ReadListJobs, ReadsAPageAndTheDate) {
  RawResponse response = Answer(200, kTwoJobs);
  response.headers.Add("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto page = ReadListJobs(response, 100);
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->jobs.size(), 2U);
  EXPECT_TRUE(page->last);
  EXPECT_EQ(page->server_time, ParseIso8601("1994-11-06T08:49:37Z"));
}

TEST(ReadListJobs, OnlyShortUnlinkedPageIsLast) {
  EXPECT_FALSE(ReadListJobs(Answer(200, kTwoJobs), 2)->last);
  EXPECT_TRUE(ReadListJobs(Answer(200, kTwoJobs), 3)->last);
  EXPECT_FALSE(ReadListJobs(Answer(200, "[1,2]"), 2)->last);  // rejected rows count, too
  RawResponse response = Answer(200, kTwoJobs);
  response.headers.Add("Link", "</x>; rel=next");
  EXPECT_FALSE(ReadListJobs(response, 100)->last);
}

TEST(ReadListJobs, MapsStatusToErrorCode) {
  const struct {
    int status;
    ErrorCode code;
  } kCases[] = {
      {401, ErrorCode::kAuth},      {402, ErrorCode::kAuth}, {403, ErrorCode::kAuth},
      {429, ErrorCode::kRateLimit}, {400, ErrorCode::kHttp}, {404, ErrorCode::kHttp},
      {406, ErrorCode::kHttp},      {415, ErrorCode::kHttp}, {422, ErrorCode::kHttp},
      {500, ErrorCode::kHttp},      {502, ErrorCode::kHttp}, {503, ErrorCode::kHttp},
      {204, ErrorCode::kHttp},      {302, ErrorCode::kHttp},
  };
  for (const auto& test : kCases) {
    const std::string expected = test.status < 400 ? " instead of a page" : "";
    const ApiError error = ErrorOf(Answer(test.status, ""));
    EXPECT_EQ(error.error.code, test.code) << test.status;
    EXPECT_EQ(error.http_status, test.status);
    EXPECT_EQ(error.error.message, "list jobs: HTTP " + std::to_string(test.status) + expected);
  }
}

TEST(ReadListJobs, QuotesTheApisOwnMessage) {
  EXPECT_EQ(ErrorOf(Answer(401, R"({"message":"Invalid API key"})")).error.message,
            "list jobs: HTTP 401: Invalid API key");
  const ApiError error = ErrorOf(Answer(500, R"({"message":")" + std::string(9999, 'x') + "\"}"));
  EXPECT_EQ(error.error.message, "list jobs: HTTP 500: " + std::string(200, 'x'));
}

TEST(ReadListJobs, NamesTheReceivedType) {
  EXPECT_EQ(ErrorOf(Answer(502, "<html>Bad Gateway</html>")).error.message,
            "list jobs: HTTP 502 with an HTML page instead of JSON");
  const ApiError html = ErrorOf(Answer(200, "\n<!DOCTYPE html><p>Log in"));
  EXPECT_EQ(html.error.code, ErrorCode::kParse);
  EXPECT_EQ(html.error.message, "list jobs: an HTML page instead of JSON");
  EXPECT_EQ(ErrorOf(Answer(200, " ")).error.message, "list jobs: an empty response");
  RawResponse text = Answer(200, "ok");
  text.headers.Add("Content-Type", "text/plain");
  EXPECT_EQ(ErrorOf(text).error.message, "list jobs: text/plain instead of JSON");
  EXPECT_EQ(ErrorOf(Answer(200, "[1,")).error.message, "list jobs: not JSON at byte 4");
  EXPECT_EQ(ErrorOf(Answer(200, R"({"message":"x"})")).error.message,
            "list jobs: not a JSON array of jobs but an object");
}

TEST(ReadListJobs, NamesTheRedirectTarget) {
  RawResponse response = Answer(302, "<a>");
  response.headers.Add("Location", "https://login.example/\x01");
  EXPECT_EQ(ErrorOf(response).error.message,
            "list jobs: HTTP 302: the redirect to https://login.example/\xEF\xBF\xBD is not "
            "followed: --api.url must name the address of the API itself");
}

TEST(ReadListJobs, RedactsBeforeTruncating) {
  const std::vector<std::string> secrets = {"s3same/0pen"};
  const std::string previous(195, 'x');  // the cut is within the key
  RawResponse redirect = Answer(302, "");
  redirect.headers.Add("Location", previous + "s3same/0pen");
  RawResponse user = Answer(302, "");
  user.headers.Add("Location", "https://" + previous + ":hunter2@login.example");
  RawResponse type = Answer(200, "ok");
  type.headers.Add("Content-Type", previous + "s3same/0pen");
  const RawResponse message = Answer(401, R"({"message":")" + previous + R"(s3same\/0pen"})");
  for (const RawResponse& response : {redirect, user, type, message}) {
    const auto page = ReadListJobs(response, 100, secrets);
    ASSERT_FALSE(page.has_value());
    const std::string& said = page.error().error.message;
    EXPECT_NE(said.find("<red"), std::string::npos) << said;
    EXPECT_EQ(said.find("s3s"), std::string::npos) << said;
    EXPECT_EQ(said.find("xxx:"), std::string::npos) << said;
  }
}

TEST(ReadListJobs, CleansTextsBeforeTruncating) {
  const auto job_of = [](const std::string& fields) {
    const auto page = ReadListJobs(Answer(200, R"([{"id":1,"status":"failed",)" + fields + "}]"),
                                   100, {"s3same/0pen"});
    return page ? page->jobs.at(0) : Job{};
  };
  const std::string previous(495, 'x');  // the cut is within the key
  EXPECT_EQ(job_of(R"("errors":")" + previous + "s3same/0pen\"").error, previous + "<reda");
  EXPECT_EQ(job_of(R"("errors":"a\n\tb\u0007 \u00e9")").error, "a  b\xEF\xBF\xBD \xC3\xA9");
  EXPECT_EQ(job_of(R"("html_url":"https://ann:pw@x/jobs?key=s3same/0pen")").link,
            "https://<redacted>@x/jobs?key=<redacted>");
  EXPECT_EQ(job_of(R"("html_url":"h)" + std::string(999, 'x') + "\"").link.size(), 1000U);
  EXPECT_EQ(job_of(R"("html_url":"h)" + std::string(1000, 'x') + "\"").link, "");
}

TEST(ReadListJobs, RefusesAPageFarTooLong) {
  const auto rows = [](size_t count) {
    std::string body = "[0";
    for (size_t i = 1; i < count; ++i) body += "," + std::to_string(i);
    return Answer(200, body + "]");
  };
  EXPECT_EQ(ReadListJobs(rows(1000), 100)->rejects.size(), 1000U);
  const ApiError error = ErrorOf(rows(1001));
  EXPECT_EQ(error.error.code, ErrorCode::kParse);
  EXPECT_EQ(error.error.message, "list jobs: more than 1000 jobs on one page");
}

TEST(ReadListJobs, PassesRetryAfterOn) {
  RawResponse response = Answer(429, "");
  response.headers.Add("Retry-After", "30");
  EXPECT_EQ(ErrorOf(response).retry_after, std::chrono::seconds(30));
}

}  // namespace
}  // namespace xplenty::list_jobs_test
