// An exposition that is encoded block by block, where only changed blocks are encoded again, equals
// byte for byte an exposition that is encoded as a whole.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/exporter_metrics.h"
#include "app/exposition_cache.h"
#include "app/exposition_source.h"
#include "collector/job_families.h"
#include "collector/ledger_families.h"
#include "collector/package_families.h"
#include "ledger/ledger.h"
#include "support/figures.h"
#include "support/gunzip.h"
#include "support/same_view.h"
#include "support/whole_account.h"

namespace xplenty::incremental_rendering_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kStart = FromUnix(1'000'000'000);
constexpr hours kForEver(24 * 365 * 10);
constexpr uint64_t kNoCap = 1'000'000;
constexpr std::array kFormats = {Format::kText, Format::kOpenMetrics, Format::kProtobuf};

// An account whose ledger changes at random. Each package runs on up to three clusters.
class RandomAccount {
 public:
  RandomAccount()
      : options_{.folder = {},
                 .account = "acme",
                 .account_label = "Acme",
                 .aggregates = {.zero_first = *rc::gen::element(true, true, false),
                                .runtime_bounds = kRuntimeBounds,
                                .wait_bounds = kWaitBounds,
                                .lookback = hours(2),
                                .series_retention = *rc::gen::element(hours(8), kForEver),
                                .max_series = *rc::gen::element<uint64_t>(500, kNoCap),
                                .samples_per_series = 10,
                                .samples_per_package = 3}} {
    const auto value = *rc::gen::element(LabelValue::kName, LabelValue::kId, LabelValue::kNone);
    options_.aggregates.labels.package.value = value;
    options_.aggregates.labels.cluster.value = value;
    ledger_ = std::move(*Ledger::Open(options_));
    RC_ASSERT(bool(ledger_->Initialize(kStart - hours(2))));
    Commit(*rc::gen::inRange<size_t>(0, 150));
    if (*rc::gen::element(true, true, false)) {
      RC_ASSERT(bool(ledger_->CompleteInitialSync()));
    }
  }

  void Step() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        now_ += seconds(*rc::gen::inRange(0, 40'000));
        return ledger_->SetTime(now_);
      case 1:
      case 4:
        return RC_ASSERT(bool(ledger_->ReleaseZeroFirst(view_->version)));
      case 2:
        return RC_ASSERT(bool(ledger_->CompleteInitialSync()));
      case 3:  // not with a short retention, as a vanished job is in no row
        if (options_.aggregates.series_retention == kForEver) return;
        return RC_ASSERT(bool(ledger_->DropVanished(ledger_->sequence())));
      default:
        return Commit(*rc::gen::inRange<size_t>(1, 12));
    }
  }

  std::shared_ptr<const AccountView> View() {
    view_ = ledger_->View(*rc::gen::element(true, true, true, false));
    return view_;
  }

  // The view of another ledger that has read all rows just now; null if series may be retired or
  // folded, as the rows do not say which are shown.
  std::shared_ptr<const AccountView> ViewFromTheRows() const {
    if (options_.aggregates.series_retention != kForEver) return nullptr;
    if (options_.aggregates.max_series < kNoCap) return nullptr;
    return (*Ledger::TakeOver(*ledger_, options_))->View(view_->state_current);
  }

 private:
  void Commit(size_t jobs) {
    std::vector<Job> page;
    for (size_t i = 0; i < jobs; ++i) {
      const auto pair = *rc::gen::inRange<int64_t>(0, 100);
      Job job = MakeJob(*rc::gen::inRange<int64_t>(1, 400), *rc::gen::elementOf(Statuses()), now_,
                        pair % 40);
      job.cluster_id = pair % 3;
      job.cluster_name = "c" + std::to_string(pair % 3);
      job.progress = 0.5;
      job.created_at = now_ - seconds(300);
      job.started_at = now_ - seconds(*rc::gen::inRange(0, 200));
      job.runtime_seconds = *rc::gen::inRange(0, 200);
      job.completed_at = now_ - seconds(*rc::gen::inRange(0, 100));
      page.push_back(job);
    }
    RC_ASSERT(bool(ledger_->Commit({.jobs = page,
                                    .rejects = {},
                                    .server_time = now_,
                                    .watermark = now_,
                                    .scraped_version = view_ ? view_->version : 0})));
  }
  static std::vector<JobStatus> Statuses() { return {kAllStatuses.begin(), kAllStatuses.end()}; }

  LedgerOptions options_;
  std::unique_ptr<Ledger> ledger_;
  Timestamp now_ = kStart;
  std::shared_ptr<const AccountView> view_;
};

OwnMetrics MetricsOf(const AccountMetrics& metrics) {
  return {.collect = [&metrics] { return metrics.Collect(); },
          .changes = [&metrics] { return metrics.changes(); }};
}

std::string EncodeWhole(const AccountView& view, const AccountMetrics& metrics,
                        const CollectOptions& options, Format format) {
  std::vector<MetricFamily> families = CollectAccount(view, options);
  std::ranges::move(metrics.Collect(), std::back_inserter(families));
  return EncodeWhole(families, format);
}

RC_GTEST_PROP(IncrementalRendering, EqualsEncodingTheWholeView, ()) {
  const CollectOptions options{.created_timestamps = *rc::gen::arbitrary<bool>(), .per_job = 5};
  const SystemClock clock;
  const AccountMetrics metrics({{"account", "Acme"}}, clock);
  ExpositionSource account(MetricsOf(metrics), options);
  const prometheus::Registry registry;
  ExpositionCache cache(registry);
  RandomAccount living;
  const int steps = *rc::gen::inRange(1, 20);
  for (int step = 0; step < steps; ++step) {
    const auto view = living.View();
    if (const auto whole = living.ViewFromTheRows()) RC_ASSERT(Difference(*view, *whole) == "");
    account.Update(view);
    for (const Format format : kFormats) {
      if (*rc::gen::arbitrary<bool>()) continue;  // each format is scraped only now and then
      const auto body = [&](Coding coding) {
        return cache.Render({account.Latest()}, format, coding, ExpositionCache::Program::kNone)
            .ToString();
      };
      const std::string text = body(Coding::kIdentity);
      RC_ASSERT(text == EncodeWhole(*view, metrics, options, format));
      RC_ASSERT(GunzipOneMember(body(Coding::kGzip)) == text);
    }
    living.Step();
  }
}

// The number of blocks of `now` that are not in `previous`, by the first family of their table.
std::map<std::string, size_t> NewBlocks(const EncodedSources& now, const EncodedSources& previous) {
  std::map<std::string, size_t> blocks;
  for (const auto& block : now) {
    const bool shared = std::ranges::find(previous, block) != previous.end();
    if (!shared) ++blocks[block->In(Format::kText).front().name];
  }
  return blocks;
}

TEST(IncrementalRendering, EncodesOnlyChangedBlocks) {
  auto ledger = std::move(*Ledger::Open({.folder = {},
                                         .account = "acme",
                                         .account_label = "Acme",
                                         .aggregates = {.runtime_bounds = kRuntimeBounds,
                                                        .wait_bounds = kWaitBounds,
                                                        .lookback = hours(24),
                                                        .series_retention = hours(48),
                                                        .max_series = 1'000'000}}));
  ASSERT_TRUE(ledger->Initialize(kStart));
  const auto commit = [&](const std::vector<Job>& jobs) {
    ASSERT_TRUE(
        ledger->Commit({.jobs = jobs, .rejects = {}, .server_time = kStart, .watermark = {}}));
  };
  std::vector<Job> jobs;
  for (int64_t pair = 1; pair <= 500; ++pair) {
    jobs.push_back(MakeJob(pair, JobStatus::kCompleted, kStart, pair));
  }
  commit(jobs);
  const SystemClock clock;
  const AccountMetrics metrics({}, clock);
  ExpositionSource account(MetricsOf(metrics));
  account.Update(ledger->View(true));
  const auto previous = account.Latest();
  commit({MakeJob(501, JobStatus::kFailed, kStart, 7)});
  account.Update(ledger->View(true));
  const auto after = account.Latest();
  const std::string series(JobFamilies().front().name);
  const std::string packages(PackageFamilies().front().name);
  const std::string ledgers(LedgerFamilies().front().name);
  auto all = NewBlocks(after->of_view, {});
  EXPECT_EQ(all, NewBlocks(previous->of_view, {}));
  EXPECT_GT(all[series], 15U);
  EXPECT_GT(all[packages], 15U);
  const std::map<std::string, size_t> one_each = {{series, 1}, {packages, 1}, {ledgers, 1}};
  EXPECT_EQ(NewBlocks(after->of_view, previous->of_view), one_each);
  EXPECT_EQ(after->own_metrics, previous->own_metrics);
}

}  // namespace
}  // namespace xplenty::incremental_rendering_test
