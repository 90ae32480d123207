#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// The bounds of the histograms in tests, in seconds.
inline const std::vector<double> kRuntimeBounds = {10, 100};
inline const std::vector<double> kWaitBounds = {5, 50};

// A job of package "p<n>" on cluster "c<n>".
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

// A histogram as plain numbers; the counts of the buckets are not cumulative.
struct Spread {
  std::array<uint64_t, 3> counts{};
  int64_t sum{};
  friend bool operator==(const Spread&, const Spread&) = default;

  void Observe(int64_t seconds, const std::vector<double>& bounds) {
    size_t bucket = 0;
    while (bucket < bounds.size() && static_cast<double>(seconds) > bounds[bucket]) ++bucket;
    ++counts[bucket];
    sum += seconds;
  }
  bool CoversAllOf(const Spread& earlier) const {
    bool covers = sum >= earlier.sum;
    for (size_t i = 0; i < counts.size(); ++i) covers = covers && counts[i] >= earlier.counts[i];
    return covers;
  }
};

// The counters of one package-cluster as plain numbers.
struct Figures {
  std::array<uint64_t, 3> finished{};
  uint64_t records{};
  std::array<Spread, 3> runtime{};
  Spread wait{};
  friend bool operator==(const Figures&, const Figures&) = default;

  // Returns whether no counter is lower than in `earlier`.
  bool CoversAllOf(const Figures& earlier) const {
    bool covers = records >= earlier.records && wait.CoversAllOf(earlier.wait);
    for (size_t i = 0; i < finished.size(); ++i) {
      covers = covers && finished[i] >= earlier.finished[i] &&
               runtime[i].CoversAllOf(earlier.runtime[i]);
    }
    return covers;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Spread& spread) {
  for (const auto n : spread.counts) out << n << ' ';
  return out << "sum " << spread.sum;
}

inline std::ostream& operator<<(std::ostream& out, const Figures& f) {
  out << "finished";
  for (const auto n : f.finished) out << ' ' << n;
  out << " records " << f.records << " runtime";
  for (const Spread& runtime : f.runtime) out << ' ' << runtime;
  return out << " wait " << f.wait;
}

using AllFigures = std::map<std::pair<std::string, std::string>, Figures>;

inline Spread SpreadOf(const Histogram& histogram) {
  Spread spread{.counts = {}, .sum = histogram.sum()};
  std::ranges::copy(histogram.counts(), spread.counts.begin());
  return spread;
}

inline AllFigures FiguresOf(const AccountView& view) {
  AllFigures all;
  for (const auto& series : view.series) {
    Figures& figures = all[{series->package, series->cluster}];
    figures.finished = series->counters.finished;
    figures.records = series->counters.records;
    for (size_t i = 0; i < 3; ++i) {
      figures.runtime[i] = SpreadOf(series->counters.runtime[i]);
    }
    figures.wait = SpreadOf(series->counters.wait);
  }
  return all;
}

// The right counters, computed from all jobs in the plainest way; series without a counted job are
// left out.
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
    figures.runtime[status].Observe(job.runtime_seconds.value_or(0), kRuntimeBounds);
    if (!job.created_at) continue;
    figures.wait.Observe((*job.started_at - *job.created_at).count(), kWaitBounds);
  }
  return all;
}

inline AllFigures WithoutEmptySeries(AllFigures all) {
  std::erase_if(all, [](const auto& series) { return series.second == Figures{}; });
  return all;
}

// Returns whether `now` has all series of `earlier`, with no counter lower.
inline bool CoversAllOf(const AllFigures& now, const AllFigures& earlier) {
  for (const auto& [labels, figures] : earlier) {
    const auto found = now.find(labels);
    if (found == now.end() || !found->second.CoversAllOf(figures)) return false;
  }
  return true;
}

}  // namespace xplenty
