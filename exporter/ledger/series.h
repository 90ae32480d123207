#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/timestamp.h"
#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// An unfinished job, as last read.
struct LiveJob {
  JobStatus status{};
  std::optional<double> progress;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> updated_at;
  int64_t records{};
  std::string link;
  friend bool operator==(const LiveJob&, const LiveJob&) = default;
};

LiveJob LiveJobOf(const Job& job);

using SeriesLabels = std::pair<std::string, std::string>;  // package, cluster

// What is known of one (package, cluster): its counters and its jobs of now. Not thread-safe.
class Series {
 public:
  Series(SeriesLabels labels, const JobCounters& zero);

  const SeriesLabels& labels() const { return labels_; }
  const std::string& package() const { return labels_.first; }
  const std::string& cluster() const { return labels_.second; }
  Timestamp last_activity() const { return last_activity_; }
  const std::map<int64_t, LiveJob>& live() const { return live_; }
  bool has_live_jobs() const { return !live_.empty(); }
  bool held() const { return held_ != nullptr; }

  const Histogram& runtime(JobStatus finished) const {
    return counters_.runtime[FinishedIndex(finished)];
  }
  // For writing; the next View() is a new one.
  JobCounters& counters();

  void NoteActivity(Timestamp time);

  // Jobs of now. Finished ones are only numbers here, by status.
  bool SetLive(int64_t id, const LiveJob& job);  // true if that changes anything
  void EraseLive(int64_t id);
  void AddFinished(JobStatus status, int delta);

  // While held, the counters are shown as they are now, whatever is added (promise P6).
  void Hold();
  void Release();

  // The same pointer as long as nothing changes.
  const std::shared_ptr<const SeriesView>& View();

 private:
  SeriesView Build() const;

  SeriesLabels labels_;
  JobCounters counters_;
  std::unique_ptr<const JobCounters> held_;  // few are, and not for long
  std::array<uint64_t, kJobStatusCount> finished_{};
  std::map<int64_t, LiveJob> live_;
  Timestamp last_activity_{};
  std::shared_ptr<const SeriesView> view_;  // null: something changed
};

}  // namespace xplenty
