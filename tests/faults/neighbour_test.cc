#include <chrono>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "faults/account_under_test.h"
#include "faults/faulty_server.h"

namespace xplenty::neighbour_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The lines of an exposition about that account, without measured durations.
std::string LinesAbout(const std::string& account, const std::string& exposition) {
  std::istringstream lines(exposition);
  std::string about;
  for (std::string line; std::getline(lines, line);) {
    const bool measured = line.starts_with("xplenty_api_request_duration_seconds_bucket") ||
                          line.starts_with("xplenty_api_request_duration_seconds_sum");
    if (line.find("account=\"" + account + "\"") == std::string::npos || measured) continue;
    about += line + '\n';
  }
  return about;
}

struct AccountWithApi {
  AccountWithApi(const std::string& name, milliseconds timeout)
      : account((SetToNoon(clock), clock), server.Url(), name, timeout) {
    server.api.Put(EarlierJobs());
  }

  FakeClock clock;
  FaultyServer server{clock};
  AccountUnderTest account;
};

// The exposition of both accounts, as one process renders it.
std::string Exposition(const AccountWithApi& one, const AccountWithApi* other) {
  const prometheus::Registry registry;
  ExpositionCache::Sources accounts = {one.account.families()};
  if (other != nullptr) accounts.push_back(other->account.families());
  return ExpositionCache(registry)
      .Render(accounts, Format::kText, Coding::kIdentity, ExpositionCache::Program::kNone)
      .ToString();
}

// All expositions of an account that goes through its jobs, beside a neighbour with `fault` unless
// that is null.
std::string LifeBeside(const Fault* fault) {
  AccountWithApi good("good", kPatient);
  std::unique_ptr<AccountWithApi> bad;
  if (fault != nullptr) {
    bad = std::make_unique<AccountWithApi>("bad", fault->slow ? milliseconds(100) : kPatient);
    bad->account.Start();
    bad->account.Scrape();
    bad->server.api.Put(LaterJobs());
    bad->server.Begin(*fault, 1);
  }
  good.account.Start();
  good.account.Scrape();
  std::string life;
  for (const Job& job : LaterJobs()) {
    if (bad) bad->account.ScrapeAfter(seconds(20));
    good.server.api.Put(job);
    good.clock.Advance(seconds(20));
    good.account.Get("/metrics");
    life += LinesAbout("good", Exposition(good, bad.get()));
  }
  if (fault != nullptr) {
    const Samples both(Exposition(good, bad.get()));
    EXPECT_EQ(both.Value("xplenty_up{account=\"bad\"}"), "0") << fault->name;
  }
  return life;
}

TEST(P8Neighbour, NoFaultAffectsAnotherAccount) {
  const std::string alone = LifeBeside(nullptr);
  ASSERT_NE(alone.find("xplenty_up{account=\"good\"} 1\n"), std::string::npos);
  ASSERT_NE(alone.find("xplenty_jobs_finished_total{account=\"good\""), std::string::npos);
  for (const Fault& fault : FaultTable()) {
    const bool costly = fault.name.find("Megabytes") != std::string::npos ||
                        (fault.slow && fault.name != "HangsInsideTheBody");
    if (costly || fault.kind != Fault::Kind::kLostPage) continue;
    EXPECT_EQ(LifeBeside(&fault), alone) << fault.name;
  }
}

}  // namespace
}  // namespace xplenty::neighbour_test
