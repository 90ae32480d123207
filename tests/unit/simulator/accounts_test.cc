#include <algorithm>
#include <future>

#include <gmock/gmock.h>

#include "simulator/account.h"
#include "unit/simulator/simulator_fixture.h"

namespace xplenty::simulator::accounts_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<AccountOptions> Named(const std::vector<std::string>& accounts) {
  auto parsed = ParseAccounts(accounts, "demo-key");
  EXPECT_TRUE(parsed);
  return *parsed;
}

class Accounts : public SimulatorTest {
 protected:
  void SetUp() override { StartWith({"acme", "globex", "initech:own-key"}); }

  void StartWith(const std::vector<std::string>& accounts, int64_t jobs = 0) {
    auto options = Still(jobs);
    options.accounts = Named(accounts);
    Start(options);
  }

  static httplib::Result ListOf(httplib::Client& client, const std::string& account,
                                const std::string& key) {
    httplib::Headers headers = {{"Accept", "application/vnd.xplenty+json; version=2"},
                                httplib::make_basic_authentication_header(key, "")};
    return client.Get("/" + account + "/api/jobs?limit=100&sort=id&direction=asc", headers);
  }
  httplib::Result ListOf(const std::string& account, const std::string& key = "demo-key") {
    return ListOf(*client_, account, key);
  }
  int StatusOf(const std::string& account, const std::string& key = "demo-key") {
    const auto result = ListOf(account, key);
    return result ? result->status : 0;
  }
  std::vector<int64_t> IdsOf(const std::string& account) {
    std::vector<int64_t> ids;
    for (const json& row : json::parse(ListOf(account)->body)) ids.push_back(row.at("id"));
    return ids;
  }
  // The status of a list request on its own connection.
  std::future<int> StatusLater(const std::string& account) {
    return std::async(std::launch::async, [account, client = NewClient()] {
      const auto result = ListOf(*client, account, "demo-key");
      return result ? result->status : 0;
    });
  }
  void AwaitRequests(const std::string& account, int64_t total) {
    while (Get("/_requests?account=" + account)["total"] != total) std::this_thread::yield();
  }
};

TEST_F(Accounts, EqualIdsBelongToDifferentAccounts) {
  Post("/_jobs", {{"id", 7}, {"status", "failed"}});
  Post("/_jobs?account=globex", json::array({{{"id", 7}}, {{"id", 9}}}));
  EXPECT_THAT(IdsOf("acme"), ElementsAre(7));
  EXPECT_THAT(IdsOf("globex"), ElementsAre(7, 9));
  EXPECT_EQ(json::parse(ListOf("acme")->body)[0]["status"], "failed");
  client_->Delete("/_jobs/7?account=globex");
  EXPECT_THAT(IdsOf("acme"), ElementsAre(7));
  EXPECT_THAT(IdsOf("globex"), ElementsAre(9));
}

TEST_F(Accounts, FirstAccountIsUnaffectedByOthers) {
  StartWith({"acme"}, 50);
  const std::string alone = ListOf("acme")->body;
  StartWith({"acme", "globex", "initech"}, 50);
  EXPECT_EQ(ListOf("acme")->body, alone);
  const std::string globex = ListOf("globex")->body;
  EXPECT_NE(json::parse(globex)[0]["created_at"], json::parse(alone)[0]["created_at"]);
  StartWith({"acme", "globex"}, 50);
  EXPECT_EQ(ListOf("globex")->body, globex);

  std::vector<int64_t> both = IdsOf("acme");
  std::ranges::copy(IdsOf("globex"), std::back_inserter(both));
  std::ranges::sort(both);
  EXPECT_THAT(std::ranges::adjacent_find(both), both.end());
}

TEST_F(Accounts, ShareTheClock) {
  StartWith({"acme", "globex"}, 2000);
  const auto acme = Get("/_truth?account=acme");
  const auto globex = Get("/_truth?account=globex");
  Post("/_clock", {{"advance_seconds", 3600}, {"live", true}});
  EXPECT_EQ(Get("/_truth?account=acme")["now"], acme["now"].get<int64_t>() + 3600);
  EXPECT_EQ(Get("/_truth?account=globex")["now"], globex["now"].get<int64_t>() + 3600);
  EXPECT_NE(Get("/_truth?account=globex")["series"], globex["series"]);
}

TEST_F(Accounts, HaveFaultsOfTheirOwn) {
  Post("/_faults?account=globex", {{"status", {{"503", 1.0}}}});
  EXPECT_EQ(StatusOf("acme"), 200);
  EXPECT_EQ(StatusOf("globex"), 503);
  Post("/_faults", {{"status", {{"502", 1.0}}}});
  EXPECT_EQ(StatusOf("acme"), 502);
  EXPECT_EQ(StatusOf("globex"), 503);
  client_->Delete("/_faults?account=globex");
  EXPECT_EQ(StatusOf("acme"), 502);
  EXPECT_EQ(StatusOf("globex"), 200);
}

TEST_F(Accounts, FaultsCountPerAccount) {
  Post("/_faults?account=*", {{"status", {{"503", 1.0}}}, {"for_requests", 1}});
  for (const char* account : {"acme", "globex"}) {
    EXPECT_EQ(StatusOf(account), 503) << account;
    EXPECT_EQ(StatusOf(account), 200) << account;
  }
  EXPECT_EQ(StatusOf("initech", "own-key"), 503);
  Post("/_faults?account=*", {{"html", 1.0}});
  EXPECT_EQ(client_->Delete("/_faults?account=*")->status, 200);
  EXPECT_EQ(ListOf("globex")->get_header_value("Content-Type"), "application/json; charset=utf-8");
}

TEST_F(Accounts, HaveTruthsOfTheirOwn) {
  Post("/_jobs?account=globex", {{"status", "running"}});
  EXPECT_THAT(Get("/_truth")["series"], IsEmpty());
  EXPECT_EQ(Get("/_truth?account=globex")["series"][0]["jobs"]["running"], 1);
}

TEST_F(Accounts, HaveRequestLogsOfTheirOwn) {
  StatusOf("acme");
  StatusOf("acme", "wrong");
  StatusOf("globex");
  EXPECT_EQ(Get("/_requests")["total"], 2);
  EXPECT_EQ(Get("/_requests?account=globex")["list"][0]["status"], 200);
  EXPECT_EQ(Get("/_requests?account=initech")["total"], 0);
  client_->Delete("/_requests?account=globex");
  EXPECT_EQ(Get("/_requests")["total"], 2);
  StatusOf("globex");
  EXPECT_EQ(client_->Delete("/_requests?account=*")->status, 200);
  EXPECT_EQ(Get("/_requests")["total"], 0);
  EXPECT_EQ(Get("/_requests?account=globex")["total"], 0);
}

TEST_F(Accounts, UnknownAccountListsTheKnownOnes) {
  for (const char* path : {"/_jobs?account=hooli", "/_faults?account=hooli", "/_jobs?account=*"}) {
    const auto result = client_->Post(path, "{}", "application/json");
    EXPECT_EQ(result->status, 404) << path;
    EXPECT_THAT(result->body, HasSubstr("acme globex initech")) << path;
  }
  for (const char* path : {"/_requests?account=hooli", "/_truth?account=hooli",
                           "/_truth?account=", "/_requests?account=*"}) {
    EXPECT_EQ(client_->Get(path)->status, 404) << path;
  }
}

TEST_F(Accounts, RefuseTheKeysOfOthers) {
  EXPECT_EQ(StatusOf("initech", "own-key"), 200);
  EXPECT_EQ(StatusOf("initech", "demo-key"), 401);
  EXPECT_EQ(StatusOf("acme", "own-key"), 401);
}

TEST_F(Accounts, UnknownAccountIs404) {
  EXPECT_EQ(StatusOf("hooli", "demo-key"), 404);
  EXPECT_EQ(StatusOf("hooli", "own-key"), 404);
  EXPECT_EQ(StatusOf("hooli", "wrong"), 401);
}

TEST_F(Accounts, OneKeySharesItsRateLimit) {
  auto options = Still();
  options.accounts = Named({"acme", "globex", "initech:own-key"});
  options.rate_limit = 2;
  Start(options);
  const auto remaining = [](const httplib::Result& result) {
    return result->get_header_value("X-RateLimit-Remaining");
  };
  EXPECT_EQ(remaining(ListOf("acme")), "1");
  EXPECT_EQ(remaining(ListOf("globex")), "0");
  EXPECT_EQ(StatusOf("acme"), 429);
  EXPECT_EQ(StatusOf("globex"), 429);
  EXPECT_EQ(remaining(ListOf("initech", "own-key")), "1");
  Post("/_clock", {{"advance_seconds", 3600}});
  EXPECT_EQ(StatusOf("acme"), 200);
}

TEST_F(Accounts, RespondWhileOthersHang) {
  std::vector<std::string> accounts;
  for (int i = 0; i < 200; ++i) accounts.push_back("hanging-" + std::to_string(i));
  accounts.emplace_back("acme");
  StartWith(accounts);
  Post("/_faults?account=*", {{"hang", true}});
  client_->Delete("/_faults?account=acme");

  accounts.pop_back();
  std::vector<std::future<int>> hanging;
  for (const std::string& account : accounts) hanging.push_back(StatusLater(account));
  for (const std::string& account : accounts) AwaitRequests(account, 1);
  EXPECT_EQ(StatusOf("acme"), 200);
  EXPECT_EQ(StatusLater("acme").get(), 200);  // on a later connection
  EXPECT_EQ(Get("/_requests?account=hanging-0")["list"][0]["status"], 0);

  client_->Delete("/_faults?account=hanging-7");
  EXPECT_EQ(hanging[7].get(), 200);
  EXPECT_EQ(Get("/_requests?account=hanging-8")["list"][0]["status"], 0);
  client_->Delete("/_faults?account=*");
  hanging.erase(hanging.begin() + 7);
  for (auto& status : hanging) EXPECT_EQ(status.get(), 200);
}

TEST_F(Accounts, SlowBodyDelaysNoOtherAccount) {
  Post("/_faults", {{"slow_bytes_ms", 3'600'000}});
  auto cut = StatusLater("acme");
  AwaitRequests("acme", 1);
  EXPECT_EQ(StatusOf("globex"), 200);
  simulator_->Stop();
  EXPECT_EQ(cut.get(), 0);
}

TEST(ParseAccounts, CommonKeyIsTheDefault) {
  const auto accounts = Named({"acme", "globex:a:b", "initech:"});
  EXPECT_EQ(accounts[0].api_key, "demo-key");
  EXPECT_EQ(accounts[1].id, "globex");
  EXPECT_EQ(accounts[1].api_key, "a:b");
  EXPECT_EQ(accounts[2].api_key, "");
}

TEST(ParseAccounts, RefusesDuplicateAndUnusableIds) {
  EXPECT_THAT(ParseAccounts({"acme", "acme:key"}, "").error().message, HasSubstr("acme"));
  for (const char* id : {"", ":key", "a/b", "_jobs", "*"}) EXPECT_FALSE(ParseAccounts({id}, ""));
}

}  // namespace
}  // namespace xplenty::simulator::accounts_test
