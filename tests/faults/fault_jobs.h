#pragma once

#include <chrono>
#include <vector>

#include "support/figures.h"

namespace xplenty {

// The jobs of the account under trial, at least 100 s apart: more than the overlap of two walks.

inline Job JobThatEnded(int64_t id, const char* finish) {
  const JobStatus status = id % 3 == 1 ? JobStatus::kFailed : JobStatus::kCompleted;
  const Timestamp time = *ParseIso8601(finish);
  Job job = MakeJob(id, status, time, id % 2 + 1);
  job.created_at = time - std::chrono::seconds(30);
  job.started_at = time - std::chrono::seconds(20);
  job.completed_at = time;
  if (status == JobStatus::kFailed) job.failed_at = time;
  job.runtime_seconds = 20;
  job.outputs = {{.id = id * 10 + 1, .records = 100 + id}};
  return job;
}

inline Job JobThatRuns() {
  Job job = JobThatEnded(9, "1981-05-29T09:50:00Z");
  job.status = JobStatus::kRunning;
  job.completed_at.reset();
  return job;
}

// Package p1 on cluster c1.
inline Job JobOnTrial() {
  return JobThatEnded(50, "1981-05-29T11:00:00Z");
}

inline std::vector<Job> EarlierJobs() {
  return {JobThatRuns(), JobThatEnded(1, "1981-05-29T10:00:00Z"),
          JobThatEnded(2, "1981-05-29T10:02:00Z"), JobThatEnded(3, "1981-05-29T10:04:00Z"),
          JobThatEnded(4, "1981-05-29T10:06:00Z")};
}

// With the job on trial on the second page of three, where a page has three rows and the walk
// begins at the last of the earlier ones.
inline std::vector<Job> LaterJobs() {
  return {JobThatEnded(10, "1981-05-29T10:30:00Z"),
          JobThatEnded(11, "1981-05-29T10:40:00Z"),
          JobOnTrial(),
          JobThatEnded(12, "1981-05-29T11:10:00Z"),
          JobThatEnded(13, "1981-05-29T11:20:00Z"),
          JobThatEnded(14, "1981-05-29T11:30:00Z")};
}

}  // namespace xplenty
