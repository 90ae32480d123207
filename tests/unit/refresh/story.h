#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>  // must come before RapidCheck's header
#include <rapidcheck/gtest.h>

#include "changing_store.h"
#include "refresh_fixture.h"
#include "support/full_disk.h"
#include "support/same_view.h"
#include "truth.h"

namespace xplenty {

// The properties of the server and the exporter during a story.
struct World {
  size_t page_size = 3;
  ListServer::Order order{};
  bool ignores_since = false;
  bool repeats_rows = false;
  bool sends_date = true;
  int skew_seconds = 0;  // of the server's clock against the machine's
  bool rows_lag = false;
  uint64_t max_series = 100'000;
  bool zero_first = false;
  bool memory_only = false;
  std::chrono::seconds retention = std::chrono::hours(24 * 365);

  // Returns whether refreshes find every row, however much time is between them. Otherwise only a
  // reconcile finds the rows that they missed, and only within the lookback.
  bool Exact() const {
    return order == ListServer::Order::kAsRequested && sends_date && !ignores_since &&
           !repeats_rows;
  }
};

inline std::ostream& operator<<(std::ostream& out, const World& world) {
  return out << "pages of " << world.page_size << ", order " << static_cast<int>(world.order)
             << ", ignores since " << world.ignores_since << ", repeats rows " << world.repeats_rows
             << ", sends Date " << world.sends_date << ", skew " << world.skew_seconds
             << " s, rows lag " << world.rows_lag << ", at most " << world.max_series
             << " series, zero first " << world.zero_first << ", memory only " << world.memory_only
             << ", retention " << world.retention.count() << " s";
}

// Plays a story: the store changes, the exporter refreshes, time passes, things fail. Each view is
// compared with the previous ones.
class Story {
 public:
  // `between` is what happens between the pages of the whole story. Without a folder the ledger is
  // in memory.
  Story(const World& world, std::vector<Step> between, std::string folder = "")
      : world_(world), folder_(std::move(folder)), between_(std::move(between)) {
    clock_.Advance(std::chrono::hours(24 * 365 * 50));  // all times are after 1970
    store_.server.page_size = world.page_size;
    store_.server.order = world.order;
    store_.server.ignores_since = world.ignores_since;
    store_.server.repeats_rows = world.repeats_rows;
    Start();
  }

  void Play(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      Do(step);
      store_.Reveal(Now());
    }
  }

  // Lets the store stand still with all changes visible, and completes a refresh.
  void StandStill() {
    next_between_ = between_.size();
    Calm();
    clock_.Advance(exporter_->options.overlap);
    store_.Reveal(Now());
    RC_ASSERT(Refresh());
  }

  // After that, runs more refreshes and reconciles.
  void SyncAll() {
    StandStill();
    for (int i = 0; i < 3; ++i) {
      clock_.Advance(std::chrono::minutes(16));
      store_.Reveal(Now());
      RC_ASSERT(Refresh());
      while (exporter_->refresh->StepReconcile({})) {
      }
      Look();
    }
    RC_ASSERT(Refresh());
    Scrape();
  }

  bool Refresh() {
    bool completed = false;
    Protect([&] { completed = !exporter_->refresh->Run({}); });
    return completed;
  }

  void Restart() {
    exporter_.reset();
    if (folder_.empty()) Forget();
    if (truth_) truth_->Restart();
    Start();
    Look();
  }

  // Restarts with a series cap and a retention that no story reaches.
  void RestartWithoutLimits() {
    world_.max_series = World().max_series;
    world_.retention = World().retention;
    Restart();
  }

  Exporter& exporter() { return *exporter_; }
  ChangingStore& store() { return store_; }
  const Truth& truth() const { return *truth_; }
  // The number of scrapes; each ends the zero-first delay of the series that it shows.
  int scrapes() const { return scrapes_; }
  Timestamp Now() const { return exporter_->source.ServerTime(); }
  std::shared_ptr<const AccountView> View() { return exporter_->refresh->ledger().View(true); }

  // Called with each new view and the previous view of the same process, which may be null.
  std::function<void(const AccountView* previous, const AccountView& now)> on_view;

 private:
  struct Killed {};

  void Start() {
    exporter_ = std::make_unique<Exporter>(store_.server, clock_, world_.memory_only, folder_);
    AggregateOptions& aggregates = exporter_->ledger_options.aggregates;
    aggregates.max_series = world_.max_series;
    aggregates.series_retention = world_.retention;
    // A short one, so that series that return are often no longer in memory.
    aggregates.lookback = std::min(aggregates.lookback, world_.retention);
    aggregates.zero_first = world_.zero_first;
    if (replaces_) RC_ASSERT(bool(aggregates.labels.cluster.replace.Add("c[0-9]*", "all")));
    ListSource& source = exporter_->source;
    source.sends_date = world_.sends_date;
    source.skew = std::chrono::seconds(world_.skew_seconds);
    source.before_batch = [this](size_t) { BeforeBatch(); };
    source.before_response = [this] { BeforePage(); };
    source.after_response = [this](const Page& page) { AfterPage(page); };
    exporter_->Start();
    view_.reset();
    pages_.clear();
    count_from_.reset();
  }

  void Forget() {
    truth_.reset();
    highest_.clear();
  }

  void Do(const Step& step) {
    switch (step.kind) {
      case StepKind::kPass:
        clock_.Advance(std::chrono::seconds(step.value));
        break;
      case StepKind::kRefresh:
        Refresh();
        break;
      case StepKind::kReconcile:
        clock_.Advance(std::chrono::minutes(15));
        store_.Reveal(Now());
        Protect([&] {
          while (exporter_->refresh->StepReconcile({})) Confirm();
        });
        break;
      case StepKind::kScrape:
        Scrape();
        break;
      case StepKind::kFailPages:
        exporter_->source.fail_after = step.value % 12;
        break;
      case StepKind::kFillDisk:
        if (!folder_.empty()) pages_to_full_disk_ = step.value % 12;
        break;
      case StepKind::kKill:
        pages_to_kill_ = step.value % 12;
        break;
      case StepKind::kRestart:
        Restart();
        break;
      case StepKind::kReload:
        Reload();
        break;
      case StepKind::kNextPage:
        break;
      default:
        store_.Apply(world_.rows_lag ? step : WithoutLag(step), Now());
    }
  }

  // Not in the middle of a refresh.
  void Reload() {
    LabelRule& cluster = exporter_->ledger_options.aggregates.labels.cluster;
    replaces_ = !replaces_;
    reloaded_ = true;
    cluster.replace = {};
    if (replaces_) RC_ASSERT(bool(cluster.replace.Add("c[0-9]*", "all")));
    auto ledger = Ledger::TakeOver(exporter_->refresh->ledger(), exporter_->ledger_options);
    RC_ASSERT(bool(ledger));
    const auto earlier = std::move(exporter_->refresh);
    exporter_->refresh =
        std::make_unique<AccountRefresh>(exporter_->source, exporter_->stats, std::move(*ledger),
                                         clock_, exporter_->log, exporter_->options, earlier.get());
    Look();
  }

  static Step WithoutLag(Step step) {
    step.lag = 0;
    return step;
  }

  // Runs a call in which things may fail; all failures end with it.
  template <typename Call>
  void Protect(Call call) {
    bool killed = false;
    try {
      call();
    } catch (const Killed&) {
      killed = true;
    }
    Calm();
    Confirm();
    if (killed) {
      Restart();
    } else {
      Look();
    }
  }

  void Calm() {
    full_disk_.reset();
    pages_to_full_disk_.reset();
    pages_to_kill_.reset();
    exporter_->source.fail_after.reset();
  }

  // A scrape shows the zeros of new series; their zero-first delay ends at once.
  void Scrape() {
    ++scrapes_;
    exporter_->refresh->RecordScraped(View()->version);
    RC_ASSERT(exporter_->refresh->ledger().ReleaseZeroFirst(View()->version));
    Look();
  }

  void BeforeBatch() {
    Confirm();
    Look();
  }

  void BeforePage() {
    while (next_between_ < between_.size()) {
      const Step& step = between_[next_between_++];
      if (step.kind == StepKind::kNextPage) break;
      Do(step);
    }
    store_.Reveal(Now());
    if (pages_to_kill_ && (*pages_to_kill_)-- == 0) throw Killed();
    if (pages_to_full_disk_ && (*pages_to_full_disk_)-- == 0) full_disk_.emplace(0);
  }

  void AfterPage(const Page& page) {
    pages_.push_back(page);
    sequence_ = exporter_->refresh->ledger().sequence();
  }

  // Adds the rows of committed pages to the truth; rows of several pages in the order of updates.
  void Confirm() {
    if (pages_.empty()) return;
    std::vector<Job> rows;
    for (const Page& page : pages_) rows.insert(rows.end(), page.jobs.begin(), page.jobs.end());
    if (pages_.size() > 1) std::ranges::stable_sort(rows, {}, &Job::updated_at);
    pages_.clear();
    const Ledger& ledger = exporter_->refresh->ledger();
    const auto previous = std::exchange(count_from_, ledger.header().count_from);
    if (previous && previous != count_from_) {  // a new day
      view_.reset();
      Forget();
    } else if (ledger.sequence() > sequence_) {
      if (!truth_) truth_.emplace(*ledger.header().count_from);
      for (const Job& row : rows) truth_->See(row);
    }
  }

  // P3: no view shows less of any series than any previous view.
  void Look() {
    const auto view = View();
    if (view == view_) return;
    const AllFigures figures = FiguresOf(*view);
    for (const auto& [labels, now] : figures) {
      Figures& highest = highest_[labels];
      RC_ASSERT(now.CoversAllOf(highest));
      highest = now;
    }
    const bool retires =
        world_.retention < std::chrono::hours(24 * 365) || world_.max_series < World().max_series;
    // A series that never counted anything may vanish with a restart.
    if (!retires && !reloaded_) {
      RC_ASSERT(WithoutEmptySeries(figures).size() == WithoutEmptySeries(highest_).size());
    }
    if (on_view) on_view(view_.get(), *view);
    view_ = view;
  }

  World world_;
  bool replaces_ = false;  // the labels of clusters
  bool reloaded_ = false;
  const std::string folder_;
  const std::vector<Step> between_;
  size_t next_between_ = 0;
  FakeClock clock_;
  ChangingStore store_;
  std::unique_ptr<Exporter> exporter_;
  std::optional<Truth> truth_;
  AllFigures highest_;
  std::shared_ptr<const AccountView> view_;
  std::vector<Page> pages_;  // fetched, perhaps not committed
  uint64_t sequence_ = 0;    // of the ledger before these pages
  std::optional<Timestamp> count_from_;
  int scrapes_ = 0;
  std::optional<int> pages_to_kill_;
  std::optional<int> pages_to_full_disk_;
  std::optional<FullDisk> full_disk_;
};

}  // namespace xplenty
