#include <algorithm>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faults/account_under_test.h"
#include "faults/fault_jobs.h"
#include "faults/faulty_server.h"

namespace xplenty::fault_matrix_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Counts = std::map<std::string, int>;

constexpr const char* kUp = "xplenty_up{account=\"acme\"}";
constexpr const char* kWatermark = "xplenty_exporter_watermark_timestamp_seconds{account=\"acme\"}";

// Tries each fault of the table in each phase, and checks what is kept, counted and logged while it
// lasts, and that everything is exact once it has ended.
class FaultMatrix : public testing::TestWithParam<Fault> {
 protected:
  FaultMatrix() { SetToNoon(clock_); }

  const Fault& fault() const { return GetParam(); }

  void Begin(int good_responses) {
    good_responses_ = good_responses;
    server_.Begin(fault(), good_responses);
  }

  void ExpectOutcome(const Samples& previous, const Samples& after) {
    if (fault().kind == Fault::Kind::kLostPage) {
      ExpectFailure(previous, after);
    } else {
      ExpectSuccess(previous, after);
    }
    EXPECT_EQ(WithoutEmptySeries(subject_.figures()), Truth(server_.api.Shown(), false));
    ExpectWatermarkBehindAllUnread(previous, after);
    for (const char* path : {"/", "/-/ready", "/-/healthy"}) {
      EXPECT_EQ(subject_.Get(path).status, 200) << path;
    }
  }

  void ExpectFailure(const Samples& previous, const Samples& after) {
    EXPECT_EQ(after.Value(kUp), "0");
    EXPECT_EQ(after.Growth("xplenty_exporter_refresh_errors_total", previous),
              (Counts{{fault().reason, 1}}));
    Counts requests;
    if (good_responses_ > 0) requests["200"] = good_responses_;
    requests[fault().code] += fault().attempts + server_.api.repeated();
    EXPECT_EQ(after.Growth("xplenty_api_requests_total", previous), requests);
    EXPECT_THAT(after.Growth("xplenty_exporter_job_anomalies_total", previous), IsEmpty());
    ASSERT_EQ(subject_.log.Warnings().size(), 1U);
    EXPECT_THAT(subject_.log.Warnings().front(),
                testing::StartsWith("Refresh failed account=acme err=list jobs: "));
    EXPECT_THAT(subject_.log.Warnings().front(), HasSubstr(fault().warning));
  }

  void ExpectSuccess(const Samples& previous, const Samples& after) {
    EXPECT_EQ(after.Value(kUp), "1");
    EXPECT_THAT(after.Growth("xplenty_exporter_refresh_errors_total", previous), IsEmpty());
    EXPECT_THAT(server_.api.NotShown(), IsEmpty());
    const Counts anomalies = fault().anomaly.empty() ? Counts{} : Counts{{fault().anomaly, 1}};
    EXPECT_EQ(after.Growth("xplenty_exporter_job_anomalies_total", previous), anomalies);
    const Samples again = subject_.ScrapeAfter(seconds(20));
    EXPECT_EQ(again.Growth("xplenty_exporter_job_anomalies_total", previous), anomalies);
    EXPECT_EQ(again.Lasting(), after.Lasting());
    for (const std::string& line : subject_.log.Warnings()) {
      EXPECT_THAT(line, Not(HasSubstr("Refresh failed")));
    }
  }

  void ExpectWatermarkBehindAllUnread(const Samples& previous, const Samples& after) {
    const std::string watermark = after.Value(kWatermark);
    if (watermark.empty()) return;
    for (const Job& job : server_.api.NotShown()) {
      EXPECT_LE(std::stoll(watermark), ToUnix(*job.updated_at)) << "job " << job.id;
    }
    const std::string earlier = previous.Value(kWatermark);
    if (!earlier.empty()) {
      EXPECT_GE(std::stoll(watermark), std::stoll(earlier));
    }
    EXPECT_LE(std::stoll(watermark), ToUnix(std::chrono::floor<seconds>(clock_.Wall())));
  }

  // The right counters. With `repaired`, the tested row has been read as it truly is,
  // after it was counted as the fault showed it.
  AllFigures Truth(std::vector<Job> jobs, bool repaired) const {
    const auto tested = std::ranges::find(jobs, TestedJob().id, &Job::id);
    if (fault().kind == Fault::Kind::kWrongRow && tested != jobs.end()) {
      const Job original = *tested;
      if (fault().counted_as) {
        fault().counted_as(*tested);
        for (size_t i = 0; repaired && i < original.outputs.size(); ++i) {
          tested->outputs[i].records =
              std::max(tested->outputs[i].records, original.outputs[i].records);
        }
      } else if (!repaired) {
        jobs.erase(tested);
      }
    }
    return TruthOf(jobs, subject_.view()->count_from.value_or(Timestamp()));
  }

  void EndAndExpectAllExact() {
    const bool row = fault().kind == Fault::Kind::kWrongRow;
    server_.End(fault());
    const Samples repaired = subject_.ScrapeAfter(minutes(61));
    if (row) AwaitReconcile();  // the update time of the row has not moved
    EXPECT_EQ(repaired.Value(kUp), "1");
    EXPECT_THAT(repaired.State(), Not(IsEmpty()));
    EXPECT_THAT(server_.api.NotShown(), IsEmpty());
    EXPECT_EQ(WithoutEmptySeries(subject_.figures()), Truth(server_.api.Shown(), true));
    const Samples later = subject_.ScrapeAfter(minutes(16));
    EXPECT_EQ(WithoutEmptySeries(subject_.figures()), Truth(server_.api.Shown(), true));
    if (!row) {
      EXPECT_EQ(later.Lasting(), repaired.Lasting());
    }
    ExpectNoKeyAnywhere(later);
  }

  // A reconcile may go on after the scrape, so this waits for its result.
  void AwaitReconcile() const {
    const auto deadline = std::chrono::steady_clock::now() + kPatient;
    while (WithoutEmptySeries(subject_.figures()) != Truth(server_.api.Shown(), true) &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void ExpectNoKeyAnywhere(const Samples& samples) {
    std::vector<std::string> texts = subject_.log.Lines();
    texts.push_back(subject_.Get("/").body.ToString());
    for (const auto& [sample, value] : samples.Of("")) texts.push_back(sample);
    for (const std::string& text : texts) {
      EXPECT_THAT(text, Not(HasSubstr(std::string(kKey).substr(0, 4))));
      EXPECT_THAT(text, Not(HasSubstr("czNzY")));
    }
  }

  FakeClock clock_;
  FaultyServer server_{clock_};
  AccountUnderTest subject_{clock_, server_.Url(), "acme",
                            GetParam().slow ? std::chrono::milliseconds(200) : kPatient};
  int good_responses_ = 0;
};

TEST_P(FaultMatrix, FirstRefresh) {
  server_.api.Put(EarlierJobs());
  server_.api.Put(LaterJobs());
  Begin(0);
  subject_.Start();
  const Samples after = subject_.Scrape();
  ExpectOutcome(Samples(""), after);
  if (fault().kind == Fault::Kind::kLostPage) {
    EXPECT_THAT(after.State(), IsEmpty());
    EXPECT_EQ(after.Value(kWatermark), "");
  }
  EndAndExpectAllExact();
}

TEST_P(FaultMatrix, SteadyState) {
  server_.api.Put(EarlierJobs());
  subject_.Start();
  const Samples previous = subject_.Scrape();
  ASSERT_EQ(previous.Value(kUp), "1");
  server_.api.Put({LaterJobs()[0], TestedJob()});
  Begin(0);
  const Samples after = subject_.ScrapeAfter(seconds(20));
  ExpectOutcome(previous, after);
  if (fault().kind == Fault::Kind::kLostPage) {
    EXPECT_THAT(previous.State(), Not(IsEmpty()));
    EXPECT_EQ(after.State(), previous.State());
    EXPECT_EQ(after.Lasting(), previous.Lasting());
    EXPECT_EQ(after.Value(kWatermark), previous.Value(kWatermark));
    const Samples stale = subject_.ScrapeAfter(minutes(6));
    EXPECT_EQ(stale.Value(kUp), "0");
    EXPECT_EQ(stale.Lasting(), previous.Lasting());
    if (!fault().waits_an_hour) {
      EXPECT_THAT(stale.State(), IsEmpty());
    }
  }
  EndAndExpectAllExact();
}

TEST_P(FaultMatrix, MidScan) {
  server_.api.Put(EarlierJobs());
  subject_.Start();
  const Samples previous = subject_.Scrape();
  ASSERT_EQ(previous.Value(kUp), "1");
  server_.api.Put(LaterJobs());
  Begin(1);
  const Samples after = subject_.ScrapeAfter(seconds(20));
  ExpectOutcome(previous, after);
  if (fault().kind == Fault::Kind::kLostPage) {
    // The previous page is counted, and the watermark has advanced to its end.
    EXPECT_EQ(server_.api.Shown().size(), EarlierJobs().size() + 2);
    EXPECT_EQ(after.Value(kWatermark), std::to_string(ToUnix(*LaterJobs()[1].updated_at)));
    EXPECT_EQ(after.State().size(), previous.State().size());
  }
  EndAndExpectAllExact();
}

INSTANTIATE_TEST_SUITE_P(P7ApiTrouble, FaultMatrix, testing::ValuesIn(FaultTable()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace xplenty::fault_matrix_test
