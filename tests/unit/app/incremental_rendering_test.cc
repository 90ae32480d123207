// What is rendered block by block, again only where something changed, is byte for byte what a
// rendering of the whole view would be.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/account_page.h"
#include "app/metrics_page.h"
#include "exposition/join.h"
#include "ledger/ledger.h"
#include "support/figures.h"
#include "support/gunzip.h"
#include "support/same_view.h"
#include "support/whole_account.h"

namespace xplenty {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kStart = FromUnix(1'000'000'000);
constexpr hours kForEver(24 * 365 * 10);
constexpr std::array kFormats = {Format::kText, Format::kOpenMetrics, Format::kProtobuf};

// An account whose ledger changes at random. Its packages are on up to three clusters each.
class LivingAccount {
 public:
  LivingAccount()
      : options_{.folder = {},
                 .account = "acme",
                 .account_label = "Acme",
                 .hold_new_series = *rc::gen::element(true, true, false),
                 .tally = {.runtime_bounds = kRuntimeBounds,
                           .wait_bounds = kWaitBounds,
                           .lookback = hours(2),
                           .series_retention = *rc::gen::element(hours(8), kForEver),
                           .max_series = *rc::gen::element<uint64_t>(500, 1'000'000),
                           .samples_per_series = 10,
                           .samples_per_package = 3}} {
    const auto value = *rc::gen::element(LabelValue::kName, LabelValue::kId, LabelValue::kNone);
    options_.tally.labels.package.value = value;
    options_.tally.labels.cluster.value = value;
    ledger_ = std::move(*Ledger::Open(options_));
    RC_ASSERT(bool(ledger_->Birth(kStart - hours(2))));
    Commit(*rc::gen::inRange<size_t>(0, 150));
    if (*rc::gen::element(true, true, false)) {
      RC_ASSERT(bool(ledger_->CompleteFirstRefresh()));
    }
  }

  void Step() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        now_ += seconds(*rc::gen::inRange(0, 40'000));
        return ledger_->SetTime(now_);
      case 1:
      case 4:
        return RC_ASSERT(bool(ledger_->ReleaseHolds(view_->version)));
      case 2:
        return RC_ASSERT(bool(ledger_->CompleteFirstRefresh()));
      case 3:  // not where it would show: what has vanished after all is what no row tells
        if (options_.tally.series_retention == kForEver) return;
        return RC_ASSERT(bool(ledger_->DropVanished(ledger_->sequence())));
      default:
        return Commit(*rc::gen::inRange<size_t>(1, 12));
    }
  }

  std::shared_ptr<const AccountView> View() {
    view_ = ledger_->View(*rc::gen::element(true, true, true, false));
    return view_;
  }

  // The same as another ledger shows it that has read all rows just now. Series that are idle go
  // sooner there, so nothing where any may.
  std::shared_ptr<const AccountView> ViewFromTheRows() const {
    if (options_.tally.series_retention != kForEver) return nullptr;
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
    RC_ASSERT(bool(
        ledger_->Commit({.jobs = page, .rejects = {}, .server_time = now_, .watermark = now_})));
  }
  static std::vector<JobStatus> Statuses() { return {kAllStatuses.begin(), kAllStatuses.end()}; }

  LedgerOptions options_;
  std::unique_ptr<Ledger> ledger_;
  Timestamp now_ = kStart;
  std::shared_ptr<const AccountView> view_;
};

std::string RenderWhole(const AccountView& view, const AccountInstruments& instruments,
                        const CollectOptions& options, Format format) {
  std::vector<MetricFamily> families = CollectAccount(view, options);
  std::ranges::move(instruments.Collect(), std::back_inserter(families));
  return RenderWhole(families, format);
}

RC_GTEST_PROP(IncrementalRendering, EqualsRenderingTheWholeView, ()) {
  const CollectOptions options{.created_timestamps = *rc::gen::arbitrary<bool>(), .per_job = 5};
  const SystemClock clock;
  const AccountInstruments instruments({{"account", "Acme"}}, clock);
  AccountPage account(instruments, options, {});
  const prometheus::Registry registry;
  const MetricsPage page(registry);
  LivingAccount living;
  const int steps = *rc::gen::inRange(1, 20);
  for (int step = 0; step < steps; ++step) {
    const auto view = living.View();
    if (const auto whole = living.ViewFromTheRows()) RC_ASSERT(Difference(*view, *whole) == "");
    account.SetView(view);
    for (const Format format : kFormats) {
      if (*rc::gen::arbitrary<bool>()) continue;  // formats are asked for now and then
      const auto body = [&](MetricsPage::Coding coding) {
        return page.Render({account.Latest()}, format, coding, MetricsPage::Program::kNone).Flat();
      };
      const std::string text = body(MetricsPage::Coding::kIdentity);
      RC_ASSERT(text == RenderWhole(*view, instruments, options, format));
      RC_ASSERT(GunzipOneMember(body(MetricsPage::Coding::kGzip)) == text);
    }
    living.Step();
  }
}

// The snapshots of a group that two moments have in common.
size_t InBoth(const AccountPage::Snapshots& before, const AccountPage::Snapshots& after) {
  return static_cast<size_t>(std::ranges::count_if(after, [&](const auto& snapshot) {
    return std::ranges::find(before, snapshot) != before.end();
  }));
}

TEST(IncrementalRendering, RendersOnlyTheChangedBlock) {
  auto ledger = std::move(*Ledger::Open({.folder = {},
                                         .account = "acme",
                                         .account_label = "Acme",
                                         .tally = {.runtime_bounds = kRuntimeBounds,
                                                   .wait_bounds = kWaitBounds,
                                                   .lookback = hours(24),
                                                   .series_retention = hours(48),
                                                   .max_series = 1'000'000}}));
  ASSERT_TRUE(ledger->Birth(kStart));
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
  const AccountInstruments instruments({}, clock);
  AccountPage page(instruments, {}, {});
  page.SetView(ledger->View(true));
  const auto before = page.Latest();
  commit({MakeJob(501, JobStatus::kFailed, kStart, 7)});
  page.SetView(ledger->View(true));
  const auto after = page.Latest();
  for (const auto group : {AccountPage::kSeries, AccountPage::kPackages}) {
    EXPECT_GT(before->groups.at(group).size(), 15U);
    EXPECT_EQ(after->groups.at(group).size(), before->groups.at(group).size());
    EXPECT_EQ(InBoth(before->groups.at(group), after->groups.at(group)),
              after->groups.at(group).size() - 1);
  }
  for (const auto group :
       {AccountPage::kPackageInfos, AccountPage::kClusterInfos, AccountPage::kApi}) {
    EXPECT_EQ(after->groups.at(group), before->groups.at(group));
  }
}

}  // namespace
}  // namespace xplenty
