#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/account_view.h"
#include "support/figures.h"

namespace xplenty {

// All state of a view, as lines of text.
inline std::vector<std::string> StateLines(const AccountView& view) {
  std::vector<std::string> lines;
  const auto add = [&](const auto&... parts) {
    std::ostringstream line;
    ((line << parts << ' '), ...);
    lines.push_back(line.str());
  };
  const auto time = [](std::optional<Timestamp> at) {
    return at ? std::to_string(ToUnix(*at)) : "none";
  };
  for (const auto& series : view.series) {
    std::ostringstream jobs;
    for (const auto count : series->jobs) jobs << count << ' ';
    add("jobs", series->package, series->cluster, jobs.str(),
        time(series->oldest_waiting_creation));
    for (const Histogram& runtime : series->counters.runtime) {
      for (const auto& job : runtime.exemplars()) {
        if (job) {
          add("exemplar", series->package, series->cluster, job->job_id, job->seconds,
              ToUnix(job->finished_at));
        }
      }
    }
    if (!series->started) continue;
    add("started", series->started->mean_progress.value_or(-1), time(series->started->oldest_start),
        series->started->records);
  }
  for (const PackageView& package : view.packages) {
    add("package", package.package, "finish", time(package.last_finish), "status",
        ToString(package.last_status), "failure", time(package.last_failure), "failures",
        package.consecutive_failures);
    for (const FinishedRun& run : *package.recent) {
      add("run", package.package, run.id, ToString(run.status), ToUnix(run.finished_at),
          run.runtime_seconds.value_or(-1), run.records);
    }
    if (!package.last_success) continue;
    add("success", time(package.last_success->finished_at),
        package.last_success->runtime_seconds.value_or(-1), package.last_success->records);
  }
  for (const UnfinishedJob& job : *view.unfinished) {
    add("unfinished", job.id, job.package, job.cluster, ToString(job.status),
        job.progress.value_or(-1), time(job.started_at), job.records);
  }
  for (const auto& [name, id] : view.packages_info) add("package id", name, id);
  for (const auto& [name, id] : view.clusters_info) add("cluster id", name, id);
  for (const auto count : view.anomalies) add("anomalies", count);
  add("account", view.account, "count from", time(view.count_from), "counted",
      view.initial_sync_complete);
  add("overflow", view.overflow_jobs, "tracked", view.tracked_jobs, view.tracked_series);
  return lines;
}

// The lines of state that only one of the two views has; empty if there are none. Revisions and
// watermarks are not compared.
inline std::string Difference(const AccountView& a, const AccountView& b) {
  std::ostringstream out;
  const AllFigures figures_a = FiguresOf(a);
  const AllFigures figures_b = FiguresOf(b);
  for (const auto& [ours, theirs, mark] :
       {std::tuple(&figures_a, &figures_b, "< "), std::tuple(&figures_b, &figures_a, "> ")}) {
    for (const auto& [labels, figures] : *ours) {
      const auto other = theirs->find(labels);
      if (other != theirs->end() && other->second == figures) continue;
      out << mark << labels.first << ' ' << labels.second << ": " << figures << '\n';
    }
  }
  std::map<std::string, int> count;
  for (const std::string& line : StateLines(a)) ++count[line];
  for (const std::string& line : StateLines(b)) --count[line];
  for (const auto& [line, times] : count) {
    if (times != 0) out << (times > 0 ? "< " : "> ") << line << '\n';
  }
  return out.str();
}

}  // namespace xplenty
