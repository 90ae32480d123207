#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/timestamp.h"
#include "jobs/job.h"
#include "ledger/account_view.h"

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

// What is known of one (package, cluster): its counters and its jobs of now. Not thread-safe.
class Series {
 public:
  Series(std::string package, std::string cluster, const JobCounters& zero);

  const std::string& package() const { return package_; }
  const std::string& cluster() const { return cluster_; }
  std::optional<int64_t> package_id() const { return package_id_; }
  std::optional<int64_t> cluster_id() const { return cluster_id_; }
  const std::string& package_name() const { return package_name_; }  // the latest noted
  const std::string& cluster_name() const { return cluster_name_; }
  Timestamp last_activity() const { return last_activity_; }
  const std::map<int64_t, LiveJob>& live() const { return live_; }
  bool has_live_jobs() const { return !live_.empty(); }
  bool held() const { return held_ != nullptr; }

  const Histogram& runtime(JobStatus finished) const {
    return counters_.runtime[FinishedIndex(finished)];
  }
  // For writing; the next View() is a new one.
  JobCounters& counters();

  void NoteIds(std::optional<int64_t> package_id, std::optional<int64_t> cluster_id);
  void NoteNames(const std::string& package, const std::string& cluster);
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

  std::string package_;
  std::string cluster_;
  std::optional<int64_t> package_id_;
  std::optional<int64_t> cluster_id_;
  std::string package_name_;
  std::string cluster_name_;
  JobCounters counters_;
  std::unique_ptr<const JobCounters> held_;  // few are, and not for long
  std::array<uint64_t, kJobStatusCount> finished_{};
  std::map<int64_t, LiveJob> live_;
  Timestamp last_activity_{};
  std::shared_ptr<const SeriesView> view_;  // null: something changed
};

}  // namespace xplenty
