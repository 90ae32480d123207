#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faults/account_under_test.h"
#include "faults/faulty_server.h"

namespace xplenty::api_trouble_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kUp = "xplenty_up{account=\"acme\"}";

const Fault& FaultNamed(const std::string& name) {
  for (const Fault& fault : FaultTable()) {
    if (fault.name == name) return fault;
  }
  ADD_FAILURE() << "no fault " << name;
  return FaultTable().front();
}

class P7ApiTrouble : public testing::Test {
 protected:
  P7ApiTrouble() {
    SetToNoon(clock_);
    server_.api.Put(EarlierJobs());
  }

  FakeClock clock_;
  FaultyServer server_{clock_};
  AccountUnderTest subject_{clock_, server_.Url()};
};

TEST_F(P7ApiTrouble, StateGaugesVanishAtStaleAfter) {
  subject_.Start();
  const Samples previous = subject_.Scrape();
  ASSERT_THAT(previous.State(), Not(IsEmpty()));
  server_.Begin(FaultNamed("NotJson"), 0);
  seconds passed{};
  for (; passed < minutes(5); passed += seconds(20)) {
    EXPECT_EQ(subject_.Scrape().State(), previous.State()) << passed.count();
    clock_.Advance(seconds(20));
  }
  const Samples stale = subject_.Scrape();
  EXPECT_THAT(stale.State(), IsEmpty());
  EXPECT_EQ(stale.Lasting(), previous.Lasting());
}

TEST_F(P7ApiTrouble, IsCountedEachTimeLoggedOnce) {
  subject_.Start();
  const Samples previous = subject_.Scrape();
  server_.Begin(FaultNamed("BodyEmpty"), 0);
  Samples after = previous;
  for (int i = 0; i < 20; ++i) {
    after = subject_.ScrapeAfter(seconds(20));
    EXPECT_EQ(after.Value(kUp), "0") << i;
  }
  EXPECT_EQ(after.Growth("xplenty_exporter_refresh_errors_total", previous),
            (std::map<std::string, int>{{"parse", 20}}));
  EXPECT_THAT(subject_.log.Warnings(), ElementsAre(StartsWith("Refresh failed")));
  server_.End(FaultNamed("BodyEmpty"));
  EXPECT_EQ(subject_.ScrapeAfter(seconds(20)).Value(kUp), "1");
  EXPECT_THAT(subject_.log.Lines(), Contains("Refresh works again account=acme"));
}

TEST_F(P7ApiTrouble, RefusedKeyIsProbedEveryMinute) {
  subject_.Start();
  const Samples previous = subject_.Scrape();
  server_.Begin(FaultNamed("Unauthorized"), 0);
  Samples after = previous;
  for (int i = 0; i < 15; ++i) after = subject_.ScrapeAfter(seconds(20));  // for five minutes
  EXPECT_EQ(after.Growth("xplenty_api_requests_total", previous),
            (std::map<std::string, int>{{"401", 5}}));
  EXPECT_EQ(after.Growth("xplenty_exporter_refresh_errors_total", previous),
            (std::map<std::string, int>{{"auth", 15}}));
}

TEST_F(P7ApiTrouble, OneFaultAfterAnotherLosesNothing) {
  server_.api.Put(TestedJob());
  subject_.Start();
  subject_.Scrape();
  AllFigures highest = subject_.figures();
  int64_t id = 100;
  for (const Fault& fault : FaultTable()) {
    if (fault.slow || fault.waits_an_hour || fault.kind == Fault::Kind::kWrongRow) continue;
    for (int i = 0; i < 4; ++i) {
      Job job = MakeFinishedJob(id++, "1981-05-29T11:59:00Z");
      job.updated_at = std::chrono::floor<seconds>(clock_.Wall()) - seconds(4 - i);
      server_.api.Put(job);
    }
    server_.Begin(fault, static_cast<int>(id / 4 % 3));
    EXPECT_EQ(subject_.ScrapeAfter(seconds(61)).Value(kUp),
              fault.kind == Fault::Kind::kLostPage ? "0" : "1")
        << fault.name;
    EXPECT_EQ(WithoutEmptySeries(subject_.figures()),
              TruthOf(server_.api.Shown(), subject_.view()->count_from.value_or(Timestamp())))
        << fault.name;
    EXPECT_TRUE(CoversAllOf(subject_.figures(), highest)) << fault.name;
    highest = subject_.figures();
    server_.End(fault);
  }
  EXPECT_EQ(subject_.ScrapeAfter(minutes(2)).Value(kUp), "1");
  EXPECT_THAT(server_.api.NotShown(), IsEmpty());
  EXPECT_EQ(WithoutEmptySeries(subject_.figures()),
            TruthOf(server_.api.Shown(), subject_.view()->count_from.value_or(Timestamp())));
}

}  // namespace
}  // namespace xplenty::api_trouble_test
