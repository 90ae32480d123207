#include "simulator/truth.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/label_text.h"
#include "base/timestamp.h"

namespace xplenty::simulator {
namespace {

using nlohmann::json;

constexpr std::array kStatusLabels = {
    "idle",     "pending",   "queued", "running", "pending_stoppage",
    "stopping", "completed", "failed", "stopped", "unknown"};
constexpr std::array kFinished = {"completed", "failed", "stopped"};
constexpr std::array kRuntimeBuckets = {10,   30,   60,   120,    300,    600,
                                        1800, 3600, 7200, 14'400, 43'200, 86'400};
constexpr std::array kWaitBuckets = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};

std::optional<int64_t> Integer(const json& row, const char* key) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return std::nullopt;
  return found->get<int64_t>();
}

std::optional<int64_t> Time(const json& row, const char* key) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_string()) return std::nullopt;
  const auto time = ParseIso8601(found->get<std::string>());
  if (!time) return std::nullopt;
  return ToUnix(*time);
}

std::string Status(const json& row) {
  const auto found = row.find("status");
  if (found == row.end() || !found->is_string()) return "unknown";
  const auto status = found->get<std::string>();
  return std::ranges::find(kStatusLabels, status) != kStatusLabels.end() ? status : "unknown";
}

bool HasFinished(const std::string& status) {
  return std::ranges::find(kFinished, status) != kFinished.end();
}

// The name, or else the id, or else "unknown".
std::string Label(const json& row, const char* object_key, const char* id_key) {
  const auto nested = row.find(object_key);
  if (nested != row.end() && nested->is_object()) {
    const auto name = nested->find("name");
    if (name != nested->end() && name->is_string() && !name->get<std::string>().empty()) {
      return LabelText(name->get<std::string>());
    }
  }
  if (const auto id = Integer(row, id_key)) return std::to_string(*id);
  if (nested != row.end() && nested->is_object()) {
    if (const auto id = Integer(*nested, "id")) return std::to_string(*id);
  }
  return "unknown";
}

std::optional<int64_t> FinishTime(const json& row) {
  if (const auto completed = Time(row, "completed_at")) return completed;
  if (Status(row) == "failed") {
    if (const auto failed = Time(row, "failed_at")) return failed;
  }
  const auto started = Time(row, "started_at");
  const auto runtime = Integer(row, "runtime_in_seconds");
  if (started && runtime) return *started + *runtime;
  return Time(row, "updated_at");
}

int64_t Records(const json& row) {
  int64_t records = 0;
  const auto outputs = row.find("outputs");
  if (outputs == row.end() || !outputs->is_array()) return 0;
  for (const json& output : *outputs) {
    if (output.is_object()) records += Integer(output, "records_count").value_or(0);
  }
  return records;
}

// A histogram as Prometheus writes it: {"count", "sum", "buckets": {"10.0": cumulative, ...}}.
template <size_t N>
json Histogram(const std::vector<int64_t>& values, const std::array<int, N>& bounds) {
  json buckets = json::object();
  for (const int bound : bounds) {
    buckets[std::to_string(bound) + ".0"] =
        std::ranges::count_if(values, [&](int64_t value) { return value <= bound; });
  }
  buckets["+Inf"] = values.size();
  int64_t sum = 0;
  for (const int64_t value : values) sum += value;
  return {{"count", values.size()}, {"sum", sum}, {"buckets", buckets}};
}

json Minimum(const std::vector<int64_t>& values) {
  if (values.empty()) return nullptr;
  return *std::ranges::min_element(values);
}

json SeriesTruth(const std::vector<const json*>& rows, const TruthOptions& options) {
  std::map<std::string, int64_t> jobs;
  std::map<std::string, int64_t> finished;
  std::map<std::string, std::vector<int64_t>> runtimes;
  for (const char* status : kStatusLabels) jobs[status] = 0;
  for (const char* status : kFinished) finished[status] = 0, runtimes[status] = {};
  std::vector<int64_t> waits;
  std::vector<int64_t> running_starts;
  std::vector<int64_t> waiting_creations;
  std::vector<double> progresses;
  int64_t records = 0;
  int64_t unfinished_records = 0;

  for (const json* row : rows) {
    const std::string status = Status(*row);
    const auto started = Time(*row, "started_at");
    const auto created = Time(*row, "created_at");
    if (!HasFinished(status)) {
      ++jobs[status];
      if (started) {
        running_starts.push_back(*started);
        unfinished_records += Records(*row);
        const auto progress = row->find("progress");
        if (progress != row->end() && progress->is_number()) progresses.push_back(*progress);
      } else if (created) {
        waiting_creations.push_back(*created);
      }
      continue;
    }
    const auto finish = FinishTime(*row);
    if (!finish) continue;
    if (*finish >= options.now - options.lookback) ++jobs[status];
    if (*finish < options.count_from) continue;
    ++finished[status];
    records += Records(*row);
    if (!started) continue;
    if (const auto runtime = Integer(*row, "runtime_in_seconds")) {
      runtimes[status].push_back(*runtime);
    }
    if (created) waits.push_back(std::max<int64_t>(0, *started - *created));
  }

  json runtime = json::object();
  for (const auto& [status, values] : runtimes) {
    runtime[status] = Histogram(values, kRuntimeBuckets);
  }
  json progress_mean;
  if (!progresses.empty()) {
    double sum = 0;
    for (const double progress : progresses) sum += progress;
    progress_mean = sum / static_cast<double>(progresses.size());
  }
  return {{"jobs", jobs},
          {"finished", finished},
          {"records", records},
          {"runtime", runtime},
          {"wait", Histogram(waits, kWaitBuckets)},
          {"progress_mean", progress_mean},
          {"oldest_running_start", Minimum(running_starts)},
          {"oldest_waiting_creation", Minimum(waiting_creations)},
          {"unfinished_records", running_starts.empty() ? json() : json(unfinished_records)}};
}

json PackageTruth(const std::string& package, const std::vector<const json*>& rows) {
  std::vector<std::pair<std::pair<int64_t, int64_t>, const json*>> finished;  // by (finish, id)
  for (const json* row : rows) {
    const auto finish = FinishTime(*row);
    if (!HasFinished(Status(*row)) || !finish) continue;
    finished.push_back({{*finish, Integer(*row, "id").value_or(0)}, row});
  }
  std::ranges::sort(finished);

  json truth = {{"package", package},
                {"last_success", nullptr},
                {"last_failure", nullptr},
                {"last_finish", nullptr},
                {"last_status", nullptr},
                {"last_success_runtime", nullptr},
                {"last_success_records", nullptr}};
  int64_t failures = 0;
  for (const auto& [key, row] : finished) {
    const std::string status = Status(*row);
    truth["last_finish"] = key.first;
    truth["last_status"] = status;
    if (status == "failed") {
      truth["last_failure"] = key.first;
      ++failures;
    } else if (status == "completed") {
      const auto runtime = Integer(*row, "runtime_in_seconds");
      truth["last_success"] = key.first;
      truth["last_success_runtime"] = runtime ? json(*runtime) : json();
      truth["last_success_records"] = Records(*row);
      failures = 0;
    }
  }
  truth["consecutive_failures"] = failures;
  return truth;
}

}  // namespace

json ComputeTruth(const std::vector<json>& rows, const TruthOptions& options) {
  std::map<std::pair<std::string, std::string>, std::vector<const json*>> series;
  std::map<std::string, std::vector<const json*>> packages;
  for (const json& row : rows) {
    const std::string package = Label(row, "package", "package_id");
    series[{package, Label(row, "cluster", "cluster_id")}].push_back(&row);
    packages[package].push_back(&row);
  }
  json truth = {{"now", options.now}, {"series", json::array()}, {"packages", json::array()}};
  for (const auto& [labels, members] : series) {
    json one = SeriesTruth(members, options);
    one["package"] = labels.first;
    one["cluster"] = labels.second;
    truth["series"].push_back(std::move(one));
  }
  for (const auto& [package, members] : packages) {
    truth["packages"].push_back(PackageTruth(package, members));
  }
  return truth;
}

}  // namespace xplenty::simulator
