#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "jobs/job.h"
#include "ledger/account_view.h"

namespace xplenty {

// A job as tests make them: package "p<n>", cluster "c<n>".
inline Job MakeJob(int64_t id, JobStatus status, Timestamp updated_at, int64_t pair = 1) {
  Job job;
  job.id = id;
  job.status = status;
  job.package_id = pair;
  job.cluster_id = pair;
  job.package_name = "p" + std::to_string(pair);
  job.cluster_name = "c" + std::to_string(pair);
  job.updated_at = updated_at;
  return job;
}

// The counters of one (package, cluster), in numbers.
struct Figures {
  std::array<uint64_t, 3> finished{};
  uint64_t records{};
  std::array<uint64_t, 3> runtime_count{};
  std::array<int64_t, 3> runtime_sum{};
  uint64_t wait_count{};
  int64_t wait_sum{};
  friend bool operator==(const Figures&, const Figures&) = default;

  // Whether no figure is lower than it was.
  bool CoversAllOf(const Figures& earlier) const {
    bool covers = records >= earlier.records && wait_count >= earlier.wait_count &&
                  wait_sum >= earlier.wait_sum;
    for (size_t i = 0; i < finished.size(); ++i) {
      covers = covers && finished[i] >= earlier.finished[i] &&
               runtime_count[i] >= earlier.runtime_count[i] &&
               runtime_sum[i] >= earlier.runtime_sum[i];
    }
    return covers;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Figures& f) {
  out << "finished";
  for (const auto n : f.finished) out << ' ' << n;
  out << " records " << f.records << " runtime";
  for (size_t i = 0; i < 3; ++i) out << ' ' << f.runtime_count[i] << '/' << f.runtime_sum[i];
  return out << " wait " << f.wait_count << '/' << f.wait_sum;
}

using AllFigures = std::map<std::pair<std::string, std::string>, Figures>;

inline AllFigures FiguresOf(const AccountView& view) {
  AllFigures all;
  for (const auto& series : view.series) {
    Figures& figures = all[{series->package, series->cluster}];
    figures.finished = series->counters.finished;
    figures.records = series->counters.records;
    for (size_t i = 0; i < 3; ++i) {
      figures.runtime_count[i] = series->counters.runtime[i].count();
      figures.runtime_sum[i] = series->counters.runtime[i].sum();
    }
    figures.wait_count = series->counters.wait.count();
    figures.wait_sum = series->counters.wait.sum();
  }
  return all;
}

// What the counters should say: the plain fold over all jobs as they are, series without any
// counted job left out.
inline AllFigures TruthOf(const std::vector<Job>& jobs, Timestamp count_from) {
  AllFigures all;
  for (const Job& job : jobs) {
    if (!IsFinished(job.status)) continue;
    const auto finish = FinishTime(job);
    if (!finish || *finish < count_from) continue;
    Figures& figures = all[{job.package_name, job.cluster_name}];
    const size_t status = FinishedIndex(job.status);
    ++figures.finished[status];
    for (const Output& output : job.outputs) {
      figures.records += static_cast<uint64_t>(output.records);
    }
    if (!job.started_at) continue;
    ++figures.runtime_count[status];
    figures.runtime_sum[status] += job.runtime_seconds.value_or(0);
    if (!job.created_at) continue;
    ++figures.wait_count;
    figures.wait_sum += (*job.started_at - *job.created_at).count();
  }
  return all;
}

inline AllFigures WithoutEmptySeries(AllFigures all) {
  std::erase_if(all, [](const auto& series) { return series.second == Figures{}; });
  return all;
}

// Whether no counter of a series that both have is lower than it was, and none is gone.
inline bool CoversAllOf(const AllFigures& now, const AllFigures& earlier) {
  for (const auto& [labels, figures] : earlier) {
    const auto found = now.find(labels);
    if (found == now.end() || !found->second.CoversAllOf(figures)) return false;
  }
  return true;
}

}  // namespace xplenty
