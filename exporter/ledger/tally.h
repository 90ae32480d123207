#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "ledger/block_cutter.h"
#include "ledger/finished_job.h"
#include "ledger/label_index.h"
#include "ledger/package_history.h"
#include "ledger/recent_failures.h"
#include "ledger/recent_jobs.h"
#include "ledger/series.h"
#include "model/account_view.h"

namespace xplenty {

struct TallyOptions {
  BucketBounds runtime_bounds;
  BucketBounds wait_bounds;
  std::chrono::seconds lookback{};
  std::chrono::seconds series_retention{};
  uint64_t max_series{};          // of the account, in samples of the exposition
  uint64_t samples_per_series{};  // what one (package, cluster) costs
  uint64_t samples_per_package{};
  bool native_histograms{};
  LabelScheme labels{};
};

// The figures of one account: a fold over its finished jobs, and its unfinished ones. It is what
// the ledger's rows add up to, kept in memory; the rows stay the truth. Not thread-safe.
class Tally {
  struct Entry;

 public:
  explicit Tally(TallyOptions options);

  SeriesLabels LabelsOf(const Pair& pair) const;
  // Where jobs are counted whose own series would exceed the cap.
  SeriesLabels OverflowLabels() const;

  // A series is shown from the first job that is seen of it until it has been idle for the
  // retention. Past max_series, jobs of series that are not shown belong to "other".
  bool IsShown(const SeriesLabels& labels) const;
  // `beside`: series that are about to be shown with it.
  bool HasRoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside) const;
  // With `hold` its counters are shown as they are now until released (promise P6).
  void Show(const SeriesLabels& labels, Timestamp time, bool hold);
  void Hold(const SeriesLabels& labels);  // a series that is shown

  // The ids of the names, of a pair that may have no job.
  void NoteLabels(const Pair& pair);

  // `before`: the same job as it was added earlier, if it was.
  void AddFinished(const Pair& pair, const FinishedJob& job, const FinishedJob* before);
  // See PackageHistory::Forgets(); the history told anew is set after AddFinished().
  bool Forgets(const Pair& pair, const FinishedJob& before, const FinishedJob& after) const;
  void SetHistory(const std::string& package, PackageHistory history);
  // Whether a correction makes the job earlier than another of its bucket may be: then the
  // exemplars of its series must be told anew, by Count() of all its jobs into NewCounters().
  bool ForgetsExemplar(const SeriesLabels& labels, const FinishedJob& before,
                       const FinishedJob& after) const;
  JobCounters NewCounters() const { return zero_; }
  static void Count(JobCounters& counters, const FinishedJob& job);
  void SetExemplars(const SeriesLabels& labels, const JobCounters& told);

  struct LiveRef {
    JobStatus status{};
    std::optional<Timestamp> updated_at;
    uint64_t sequence{};  // of the commit that last showed it
    int missed{};         // reconciles in a row that did not find it
    Pair pair;
    bool overflow{};
    Entry* entry{};  // ours
  };
  const std::map<int64_t, LiveRef>& live() const { return live_; }
  void SetLive(const Pair& pair, bool overflow, const Job& job, uint64_t sequence);
  void SetMissed(int64_t id, int missed) { live_.at(id).missed = missed; }
  void EraseLive(int64_t id);
  // The unfinished jobs of those pairs, the time and the texts for people, of a tally that this one
  // replaces; it may have other labels.
  void TakeLiveFrom(const Tally& earlier, const std::function<bool(const Pair&)>& includes);
  bool IsBeforeLookback(std::optional<Timestamp> time) const {
    return time && recent_.IsBefore(*time);
  }

  // A finished job's texts for people, which no row keeps.
  void Describe(const Job& job);

  void AddAnomalies(AnomalyReason reason, uint64_t count = 1);

  // Held series that `version`, the number of a view, has shown. NumberHolds() marks the ones that
  // the next view shows first.
  void NumberHolds(uint64_t version);
  bool IsHeld(const SeriesLabels& labels) const { return holds_.contains(labels); }
  std::vector<SeriesLabels> HeldSince(uint64_t version) const;
  void Release(const SeriesLabels& labels);

  // The server's clock: finished jobs leave the lookback, series that are idle too long are hidden.
  // If it was ahead and steps back, jobs that have left too early are told by HasLeftEarly() when
  // they are seen again, and come in again by AddFinished().
  void SetTime(Timestamp now);
  bool HasLeftEarly(const FinishedJob& job) const {
    return !IsBeforeLookback(job.finished_at) && !recent_.contains(job.id);
  }
  // Hides them now rather than when they are next looked for.
  void RetireIdle();
  // Hides packages that are idle for as long, where the cap presses.
  void KeepToCap();

  // Whether FillView() would show anything else than it did last time.
  bool changed() const { return changed_; }
  // Fills in the series, packages, names and sizes.
  void FillView(AccountView& view);

 private:
  struct Entry {
    Series series;
    bool shown{};
  };
  // Where a pair's jobs are counted.
  struct Place {
    Entry* entry{};
    const std::string* package_label{};
    PackageHistory* package{};
  };

  Entry& EntryOf(const SeriesLabels& labels);
  Entry& EntryOf(const Pair& pair, bool overflow);
  // To be called with each change of what they show.
  void Touch(const Series& series);
  void TouchPackage(const std::string& package);
  void SetShown(Entry& entry, bool shown);
  const Place& PlaceOf(const Pair& pair, int64_t key);
  void LeaveRecent(int64_t id);
  void HideIdleSeries();
  std::vector<UnfinishedJob> UnfinishedJobs() const;
  bool IsTracked(const std::string& package) const {
    return packages_.contains(package) && !hidden_packages_.contains(package);
  }
  bool IsIdle(const std::string& name, const PackageHistory& package) const;
  uint64_t TrackedSamples() const;

  TallyOptions options_;
  JobCounters zero_;
  std::map<SeriesLabels, Entry> entries_;
  std::map<std::string, PackageHistory> packages_;
  std::set<std::string> hidden_packages_;
  std::map<SeriesLabels, uint64_t> holds_;  // to the version that first shows it; 0: none yet
  std::map<int64_t, LiveRef> live_;
  // By key of the pair, of those that have finished jobs: there are many more jobs than pairs.
  std::unordered_map<int64_t, Place> places_;
  RecentJobs recent_;
  RecentFailures failures_;
  Shared<UnfinishedJob> unfinished_;  // null: something changed
  std::array<uint64_t, kAnomalyReasonCount> anomalies_{};
  uint64_t overflow_jobs_ = 0;
  uint64_t shown_ = 0;
  BlockCutter<SeriesLabels, std::shared_ptr<const SeriesView>> series_blocks_;
  BlockCutter<std::string, PackageView> package_blocks_;
  LabelIndex package_labels_;
  LabelIndex cluster_labels_;
  std::map<std::string, uint64_t> shown_by_package_;  // without "other", which is beyond the cap
  Timestamp now_{};
  Timestamp next_retirement_{};
  bool changed_ = true;
};

}  // namespace xplenty
