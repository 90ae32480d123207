#pragma once

#include <array>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "list_server.h"

namespace xplenty {

enum class StepKind {
  // Changes of jobs:
  kCreate,
  kTie,  // many jobs that end in this second
  kStart,
  kChangeStatus,  // to another unfinished status
  kProgress,      // without a change of updated_at
  kEnd,
  kTouch,
  kWriteOutputs,
  kReopen,
  kRename,
  kDelete,
  kDateAhead,  // its updated_at is in the future
  // Events of the exporter:
  kPass,  // time passes
  kRefresh,
  kReconcile,
  kScrape,
  kFailPages,  // the next refresh fails from a certain page on
  kFillDisk,   // the disk is full from a certain page of the next refresh on
  kKill,       // the process is killed at a certain page of the next refresh
  kRestart,
  kReload,    // clusters are shown under other labels from now on, or under their own again
  kNextPage,  // only between pages: the following steps come after the next page
};

inline constexpr std::array<std::string_view, 22> kStepNames = {
    "create", "tie",     "start",     "change_status", "progress",   "end",
    "touch",  "outputs", "reopen",    "rename",        "delete",     "ahead",
    "pass",   "refresh", "reconcile", "scrape",        "fail_pages", "fill_disk",
    "kill",   "restart", "reload",    "next_page"};

// One step of a story. `which` chooses the job, `value` the change, `lag` after how many seconds
// the change becomes visible.
struct Step {
  StepKind kind{};
  int which{};
  int value{};
  int lag{};
};

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << kStepNames[static_cast<size_t>(step.kind)] << '(' << step.which << ", "
             << step.value << ", " << step.lag << ')';
}

// The jobs of an account as they are, and as the server shows them already. All times are by the
// server's clock.
class ChangingStore {
 public:
  ListServer server;  // what is visible

  void Apply(const Step& step, Timestamp now) {
    if (step.kind == StepKind::kCreate) return Create(step, now);
    if (step.kind == StepKind::kTie) return CreateTie(step, now);
    if (jobs_.empty()) return;
    auto chosen = jobs_.begin();
    std::advance(chosen, static_cast<size_t>(step.which) % jobs_.size());
    if (step.kind == StepKind::kDelete) {
      std::erase_if(pending_, [&](const Write& write) { return write.job.id == chosen->first; });
      server.jobs.erase(chosen->first);
      jobs_.erase(chosen);
      return;
    }
    Job job = chosen->second;
    if (Change(job, step, now)) Put(job, now, step.lag);
  }

  // Shows all changes that are visible by now.
  void Reveal(Timestamp now) {
    for (const Write& write : pending_) {
      if (write.visible_at <= now) Show(write);
    }
    std::erase_if(pending_, [&](const Write& write) { return write.visible_at <= now; });
  }

 private:
  struct Write {
    Job job;
    uint64_t number{};
    Timestamp visible_at;
  };

  static constexpr std::array<JobStatus, 7> kUnfinished = {
      JobStatus::kIdle,    JobStatus::kPending,         JobStatus::kQueued,
      JobStatus::kRunning, JobStatus::kPendingStoppage, JobStatus::kStopping,
      JobStatus::kUnknown};

  void Create(const Step& step, Timestamp now) {
    Job job = MakeJob(next_id_++, JobStatus::kIdle, now, step.which % 4);
    job.created_at = now;
    Put(job, now, step.lag);
  }

  void CreateTie(const Step& step, Timestamp now) {
    for (int i = 0; i < step.value; ++i) {
      Job job = MakeJob(next_id_++, JobStatus::kRunning, now, step.which % 4);
      job.created_at = job.started_at = now - std::chrono::seconds(i % 70);
      End(job, kFinishedStatuses[static_cast<size_t>(i) % 3], i, now);
      Put(job, now, step.lag);
    }
  }

  // Ends a job in one of the ways in which the API shows the end, or does not show it.
  static void End(Job& job, JobStatus status, int value, Timestamp now) {
    job.status = status;
    if (job.started_at) {
      if (value % 5 != 4) job.runtime_seconds = (now - *job.started_at).count();
      job.outputs = {{.id = 1, .records = value}};
    }
    if (status == JobStatus::kCompleted) job.completed_at = now;
    if (status == JobStatus::kFailed && value % 3 != 2) job.failed_at = now;
  }

  static bool Change(Job& job, const Step& step, Timestamp now) {
    const auto value = static_cast<size_t>(step.value);
    const bool finished = IsFinished(job.status);
    switch (step.kind) {
      case StepKind::kStart:
        if (finished || job.started_at) return false;
        job.status = JobStatus::kRunning;
        job.started_at = now;
        break;
      case StepKind::kChangeStatus:
        if (finished) return false;
        job.status = kUnfinished[value % kUnfinished.size()];
        break;
      case StepKind::kProgress:
        if (finished || !job.started_at) return false;
        job.progress = step.value % 5 / 4.0;
        job.outputs = {{.id = 1, .records = step.value}};
        return true;
      case StepKind::kEnd:
        if (finished) return false;
        End(job, kFinishedStatuses[value % 3], step.value, now);
        break;
      case StepKind::kTouch:
        break;
      case StepKind::kWriteOutputs:
        WriteOutputs(job, step.value);
        break;
      case StepKind::kReopen:
        if (!finished || now <= *job.updated_at) return false;
        job.status = JobStatus::kRunning;
        job.completed_at = job.failed_at = {};
        break;
      case StepKind::kRename:
        (value % 2 == 0 ? job.package_name : job.cluster_name) = value % 3 == 0 ? "" : "renamed";
        break;
      case StepKind::kDateAhead:
        job.updated_at = now + std::chrono::hours(24) * (1 + step.value * 10);
        return true;
      default:
        return false;
    }
    job.updated_at = now;
    return true;
  }

  // Raises or lowers a count, or adds or removes an output.
  static void WriteOutputs(Job& job, int value) {
    const int64_t id = 1 + value % 3;
    const auto output = std::ranges::find(job.outputs, std::optional<int64_t>(id), &Output::id);
    if (output == job.outputs.end()) {
      job.outputs.push_back({.id = id, .records = value});
    } else if (value % 7 == 0) {
      job.outputs.erase(output);
    } else {
      output->records = value;
    }
  }

  void Put(const Job& job, Timestamp now, int lag) {
    jobs_[job.id] = job;
    const Write write{
        .job = job, .number = ++writes_, .visible_at = now + std::chrono::seconds(lag)};
    if (lag == 0) {
      Show(write);
    } else {
      pending_.push_back(write);
    }
  }

  void Show(const Write& write) {
    uint64_t& shown = shown_[write.job.id];
    if (write.number < shown) return;  // a later write became visible earlier
    shown = write.number;
    server.jobs[write.job.id] = write.job;
  }

  std::map<int64_t, Job> jobs_;
  std::vector<Write> pending_;
  std::map<int64_t, uint64_t> shown_;  // the number of the last shown write, by job
  uint64_t writes_ = 0;
  int64_t next_id_ = 1;
};

}  // namespace xplenty
