#pragma once

#include <chrono>
#include <vector>

#include "support/figures.h"

namespace xplenty {

// The jobs of the tested account are at least 100 s apart: more than the overlap of two scans.

inline Job MakeFinishedJob(int64_t id, const char* finish) {
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

inline Job MakeRunningJob() {
  Job job = MakeFinishedJob(9, "1981-05-29T09:50:00Z");
  job.status = JobStatus::kRunning;
  job.completed_at.reset();
  return job;
}

// The job of package p1 on cluster c1 whose row a fault changes.
inline Job TestedJob() {
  return MakeFinishedJob(50, "1981-05-29T11:00:00Z");
}

inline std::vector<Job> EarlierJobs() {
  return {MakeRunningJob(), MakeFinishedJob(1, "1981-05-29T10:00:00Z"),
          MakeFinishedJob(2, "1981-05-29T10:02:00Z"), MakeFinishedJob(3, "1981-05-29T10:04:00Z"),
          MakeFinishedJob(4, "1981-05-29T10:06:00Z")};
}

// The tested job is on the second of three pages, if a page has three rows and the scan begins at
// the last of the earlier jobs.
inline std::vector<Job> LaterJobs() {
  return {MakeFinishedJob(10, "1981-05-29T10:30:00Z"),
          MakeFinishedJob(11, "1981-05-29T10:40:00Z"),
          TestedJob(),
          MakeFinishedJob(12, "1981-05-29T11:10:00Z"),
          MakeFinishedJob(13, "1981-05-29T11:20:00Z"),
          MakeFinishedJob(14, "1981-05-29T11:30:00Z")};
}

}  // namespace xplenty
