#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/account_view.h"
#include "support/figures.h"

namespace xplenty {

// The counters and gauges that must result from certain rows, read in this order: the promises P1,
// P2 and P4 word by word, independent of the ledger's code.
class Truth {
 public:
  explicit Truth(Timestamp count_from) : count_from_(count_from) {}

  void See(const Job& row) {
    if (!IsFinished(row.status)) {
      const auto seen = jobs_.find(row.id);
      if (seen != jobs_.end()) {
        reopened_.insert(row.id);
        seen->second.unfinished_again = true;
      }
      return;
    }
    const auto [seen, first] = jobs_.try_emplace(row.id);
    Seen& job = seen->second;
    if (first) {  // P1: the first finish counts
      job.labels = {Label(row.package_name, row.package_id),
                    Label(row.cluster_name, row.cluster_id)};
      job.counts = *FinishTime(row) >= count_from_;  // P4
      job.counted_as = FinishedIndex(row.status);
      if (row.started_at) {
        job.runtime = row.runtime_seconds;
        if (!job.runtime && row.completed_at) {
          job.runtime = (*row.completed_at - *row.started_at).count();
        } else if (!job.runtime && row.failed_at) {
          job.runtime = (*row.failed_at - *row.started_at).count();
        }
        job.wait = (*row.started_at - *row.created_at).count();
      }
    }
    job.status = row.status;
    job.finish = *FinishTime(row);
    job.unfinished_again = false;
    for (const Output& output : row.outputs) {  // P2
      const auto [known, added] = job.highest.try_emplace(*output.id, output.records);
      if (!added && output.records < known->second) decreased_.insert(row.id);
      known->second = std::max(known->second, output.records);
    }
  }

  // Unfinished jobs are not stored: a reopened job counts as it ended until it is read again.
  void Restart() {
    for (auto& [id, job] : jobs_) job.unfinished_again = false;
  }

  bool Counts(const Job& row) const { return *FinishTime(row) >= count_from_; }

  // The counters of all series that have counted a job.
  AllFigures Counters() const {
    AllFigures all;
    for (const auto& [id, job] : jobs_) {
      if (!job.counts) continue;
      Figures& figures = all[job.labels];
      ++figures.finished[job.counted_as];
      figures.records += static_cast<uint64_t>(job.Records());
      if (job.runtime) figures.runtime[job.counted_as].Observe(*job.runtime, kRuntimeBounds);
      if (job.wait) figures.wait.Observe(*job.wait, kWaitBounds);
    }
    return all;
  }

  using StatusCounts = std::array<uint64_t, kJobStatusCount>;
  using JobsGauges = std::map<std::pair<std::string, std::string>, StatusCounts>;

  // xplenty_jobs: the unfinished jobs of `rows`, and the jobs that finished at `since` or later.
  JobsGauges Jobs(const std::vector<Job>& rows, Timestamp since) const {
    JobsGauges all;
    for (const Job& row : rows) {
      if (IsFinished(row.status)) continue;
      // Jobs of unknown status cannot be listed, so they are shown only as long as scans find them.
      if (row.status == JobStatus::kUnknown) continue;
      ++all[{Label(row.package_name, row.package_id), Label(row.cluster_name, row.cluster_id)}]
           [static_cast<size_t>(row.status)];
    }
    for (const auto& [id, job] : jobs_) {
      if (job.unfinished_again || job.finish < since) continue;
      ++all[job.labels][static_cast<size_t>(job.status)];
    }
    return all;
  }

  // The packages in order of their names.
  std::vector<PackageView> Packages() const {
    std::vector<std::pair<std::pair<Timestamp, int64_t>, const Seen*>> in_order;
    for (const auto& [id, job] : jobs_) in_order.push_back({{job.finish, id}, &job});
    std::ranges::sort(in_order);
    std::map<std::string, PackageView> packages;
    std::map<std::string, std::vector<FinishedRun>> runs;
    for (const auto& [when, job] : in_order) {
      runs[job->labels.first].push_back({.finished_at = job->finish,
                                         .id = when.second,
                                         .status = job->status,
                                         .runtime_seconds = job->runtime,
                                         .records = job->Records()});
      PackageView& view = packages[job->labels.first];
      view.package = job->labels.first;
      view.last_finish = job->finish;
      view.last_status = job->status;
      if (job->status == JobStatus::kCompleted) {
        view.last_success = runs[job->labels.first].back();
        view.consecutive_failures = 0;
      } else if (job->status == JobStatus::kFailed) {
        view.last_failure = job->finish;
        ++view.consecutive_failures;
      }
    }
    std::vector<PackageView> views;
    for (auto& [name, view] : packages) {
      std::vector<FinishedRun>& all = runs[name];
      const size_t old = all.size() - std::min(all.size(), kMaxRecentRuns);
      all.erase(all.begin(), all.begin() + static_cast<ptrdiff_t>(old));
      view.recent = std::make_shared<std::vector<FinishedRun>>(std::move(all));
      views.push_back(view);
    }
    return views;
  }

  uint64_t Reopened() const { return reopened_.size(); }
  uint64_t Decreased() const { return decreased_.size(); }

 private:
  struct Seen {
    std::pair<std::string, std::string> labels;
    bool counts{};
    size_t counted_as{};
    std::optional<int64_t> runtime;
    std::optional<int64_t> wait;
    std::map<int64_t, int64_t> highest;  // the records of each output
    JobStatus status{};
    Timestamp finish;
    bool unfinished_again{};

    int64_t Records() const {
      int64_t sum = 0;
      for (const auto& [output, records] : highest) sum += records;
      return sum;
    }
  };

  static std::string Label(const std::string& name, std::optional<int64_t> id) {
    return name.empty() ? std::to_string(*id) : name;
  }

  const Timestamp count_from_;
  std::map<int64_t, Seen> jobs_;
  std::set<int64_t> reopened_;
  std::set<int64_t> decreased_;
};

}  // namespace xplenty
