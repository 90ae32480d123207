#include "simulator/job_json.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace xplenty::simulator {
namespace {

using nlohmann::json;

bool IsFinished(const std::string& status) {
  return status == "completed" || status == "failed" || status == "stopped";
}

// Every seventh job has times with an offset instead of Z.
std::string FormatTime(Timestamp time, int64_t id) {
  if (id % 7 != 3) return FormatIso8601(time);
  std::string text = FormatIso8601(time + std::chrono::hours(3));
  text.replace(text.size() - 1, 1, "+03:00");
  return text;
}

// The part of a job's plan that has happened.
struct Progress {
  bool started = false;
  int64_t runtime = 0;
  double ratio = 0;
};

Progress ProgressOf(const Job& job, Timestamp now) {
  Progress progress;
  // The row shows the start only once it has the status that follows from it.
  progress.started = job.plan.started && job.updated_at >= *job.plan.started &&
                     job.status != "idle" && job.status != "pending" && job.status != "queued";
  if (!progress.started) return progress;
  const Timestamp until = std::min(now, job.plan.finished);
  progress.runtime = std::max<int64_t>(0, (until - *job.plan.started).count());
  const double ratio =
      static_cast<double>(progress.runtime) / static_cast<double>(job.plan.full_seconds);
  progress.ratio = job.status == "completed" ? 1.0 : std::min(0.99, std::floor(ratio * 100) / 100);
  return progress;
}

json RenderOutputs(const Job& job, const Progress& progress, const std::string& url) {
  json outputs = json::array();
  if (!progress.started) return outputs;
  int64_t number = 0;
  for (const int64_t records : job.plan.records) {
    ++number;
    const int64_t id = job.id * 10 + number;
    const auto written = static_cast<int64_t>(static_cast<double>(records) * progress.ratio);
    const Timestamp changed = *job.plan.started + std::chrono::seconds(progress.runtime);
    const std::string name = "destination_" + std::to_string(number);
    outputs.push_back(
        {{"id", id},
         {"name", name},
         {"records_count", written},
         {"created_at", FormatTime(*job.plan.started, job.id)},
         {"updated_at", FormatTime(changed, job.id)},
         {"url", url + "/outputs/" + std::to_string(id)},
         {"component",
          {{"name", name}, {"type", "database_destination"}, {"fields", {"id", "amount"}}}}});
  }
  return outputs;
}

json Nested(int64_t id, const std::string& name, const std::string& url) {
  return {{"id", id}, {"name", name}, {"url", url + std::to_string(id)}};
}

void AddNested(const Job& job, const Workload& workload, const std::string& base, json& row) {
  const int64_t package_id = job.plan.package_id;
  const int64_t cluster_id = job.plan.cluster_id;
  if (const auto name = workload.PackageName(package_id)) {
    row["package"] = Nested(package_id, *name, base + "/packages/");
  }
  if (const auto name = workload.ClusterName(cluster_id)) {
    row["cluster"] = Nested(cluster_id, *name, base + "/clusters/");
  }
  row["creator"] = {{"type", "User"},
                    {"display_name", "Dana Data"},
                    {"id", 27},
                    {"url", "https://api.xplenty.com/user/27"}};
}

}  // namespace

json RenderJob(const Job& job, const JobStore& store, const RowOptions& options) {
  const Progress progress = ProgressOf(job, job.frozen_at.value_or(store.lived_until()));
  const Plan& plan = job.plan;
  const bool posted_new = plan.steps.empty();
  const bool done = !posted_new && IsFinished(job.status);
  const std::string base = "https://api.xplenty.com/" + options.account + "/api";
  const std::string url = base + "/jobs/" + std::to_string(job.id);
  const auto time_or_null = [&](bool given, Timestamp time) {
    return given ? json(FormatTime(time, job.id)) : json(nullptr);
  };
  const json outputs = RenderOutputs(job, progress, url);
  json row = {
      {"id", job.id},
      {"status", job.status},
      {"owner_id", 27},
      {"progress", job.status == "failed" && plan.zero_progress ? 0.0 : progress.ratio},
      {"outputs_count", outputs.size()},
      {"outputs", outputs},
      {"variables", {{"schema", "'public'"}}},
      {"dynamic_variables", json::object()},
      {"started_at", time_or_null(progress.started, plan.started.value_or(plan.created))},
      {"created_at", FormatTime(job.created_at, job.id)},
      {"failed_at",
       time_or_null(done && job.status == "failed" && !plan.null_failed_at, plan.finished)},
      {"completed_at", time_or_null(done && job.status == "completed", plan.finished)},
      {"updated_at", FormatTime(job.updated_at, job.id)},
      {"cluster_id", plan.cluster_id},
      {"package_id", plan.package_id},
      {"errors", job.status == "failed" && !plan.errors.empty() ? json(plan.errors) : json()},
      {"runtime_in_seconds", progress.runtime},
      {"url", url},
      {"html_url",
       "https://dashboard.xplenty.com/" + options.account + "/jobs/" + std::to_string(job.id)},
      {"log_url", nullptr},
      // These fields are in no document.
      {"attempts", 1},
      {"schedule_id", nullptr},
      {"region", "amazon-web-services::us-east-1"},
      {"statistics", {{"bytes_read", 0}, {"nodes", {1, 2}}}}};
  AddNested(job, store.workload(), base, row);

  if (job.posted) {
    if (job.posted->contains("outputs") && (*job.posted)["outputs"].is_array()) {
      row["outputs_count"] = (*job.posted)["outputs"].size();
    }
    row.update(*job.posted);
  }
  if (options.bare) {
    for (const char* key : {"package", "cluster", "creator", "outputs"}) row.erase(key);
  }
  for (const std::string& key : job.omit) row.erase(key);
  return row;
}

std::string RenderRow(const Job& job, const JobStore& store, const RowOptions& options) {
  if (job.raw) return *job.raw;
  return RenderJob(job, store, options).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace xplenty::simulator
