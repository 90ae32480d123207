#include "bench/job_rows.h"

#include "base/timestamp.h"

namespace xplenty::bench {
namespace {

// Maps neighbouring numbers to distant ones, the same on each run.
uint64_t Mix(int64_t number) {
  uint64_t hash = static_cast<uint64_t>(number) * 0x9E3779B97F4A7C15U;
  hash ^= hash >> 29U;
  hash *= 0xBF58476D1CE4E5B9U;
  return hash ^ (hash >> 32U);
}

const char* StatusOf(uint64_t hash) {
  const uint64_t percent = hash % 100;
  if (percent < 90) return "completed";
  return percent < 97 ? "failed" : "stopped";
}

void Field(std::string& out, const char* name, const std::string& value, bool quoted = true) {
  out.append(",\"").append(name).append(quoted ? "\":\"" : "\":").append(value);
  if (quoted) out += '"';
}

void Time(std::string& out, const char* name, bool given, const std::string& time) {
  Field(out, name, given ? time : "null", given);
}

void Nested(std::string& out, const char* kind, int64_t id) {
  const std::string number = std::to_string(id);
  out.append(",\"").append(kind).append("\":{\"id\":").append(number);
  out.append(",\"name\":\"").append(kind).append("-").append(number);
  out.append("\",\"url\":\"https://api.xplenty.com/demo/api/").append(kind).append("s/");
  out.append(number).append("\"}");
}

std::string FormatTime(int64_t unix_time) {
  return FormatIso8601(FromUnix(unix_time));
}

}  // namespace

int64_t JobRows::UpdatedAt(int64_t number) const {
  if (number >= options_.jobs) return finished_[static_cast<size_t>(number - options_.jobs)];
  const int64_t oldest = options_.newest - options_.span_seconds;
  return oldest + (number + 1) * options_.span_seconds / options_.jobs;
}

int64_t JobRows::FirstSince(int64_t time) const {
  int64_t low = 0;
  int64_t high = size();
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (UpdatedAt(middle) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void JobRows::AppendJson(int64_t number, std::string& out) const {
  const uint64_t hash = Mix(number);
  // The pairs take turns, so that any few jobs that Finish() adds are of different pairs.
  const int64_t pair = number % (options_.packages * options_.clusters);
  const int64_t package = 1000 + pair / options_.clusters;
  const int64_t cluster = 5000 + pair % options_.clusters;
  const char* const status = StatusOf(hash);
  const bool failed = status[0] == 'f';
  const bool completed = status[0] == 'c';
  const int64_t runtime = 5 + static_cast<int64_t>((hash >> 8U) % 4000);
  const int64_t wait = static_cast<int64_t>((hash >> 20U) % 90);
  const int64_t finished = UpdatedAt(number);
  const std::string updated = FormatTime(finished);
  const std::string started = FormatTime(finished - runtime);
  const std::string id = std::to_string(number + 1);
  const std::string url = "https://api.xplenty.com/demo/api/jobs/" + id;
  const std::string output_id = std::to_string((number + 1) * 10 + 1);

  out.append("{\"id\":").append(id);
  Field(out, "status", status);
  Field(out, "owner_id", "27", false);
  Field(out, "progress", completed ? "1.0" : "0.5", false);
  Field(out, "outputs_count", "1", false);
  out.append(",\"outputs\":[{\"id\":").append(output_id);
  Field(out, "name", "destination_1");
  Field(out, "records_count", std::to_string((hash >> 32U) % 100'000), false);
  Field(out, "created_at", started);
  Field(out, "updated_at", updated);
  Field(out, "url", url + "/outputs/" + output_id);
  out += R"(,"component":{"name":"destination_1","type":"database_destination",)"
         R"("fields":["id","amount"]}}],"variables":{"schema":"'public'"},"dynamic_variables":{})";
  Field(out, "started_at", started);
  Field(out, "created_at", FormatTime(finished - runtime - wait));
  Time(out, "failed_at", failed, updated);
  Time(out, "completed_at", completed, updated);
  Field(out, "updated_at", updated);
  Field(out, "cluster_id", std::to_string(cluster), false);
  Field(out, "package_id", std::to_string(package), false);
  Time(out, "errors", failed, "a table that is missing");
  Field(out, "runtime_in_seconds", std::to_string(runtime), false);
  Field(out, "url", url);
  Field(out, "html_url", "https://dashboard.xplenty.com/demo/jobs/" + id);
  out += R"(,"log_url":null,"attempts":1,"schedule_id":null,)"
         R"("region":"amazon-web-services::us-east-1","statistics":{"bytes_read":0,"nodes":[1,2]})";
  Nested(out, "package", package);
  Nested(out, "cluster", cluster);
  out += R"(,"creator":{"type":"User","display_name":"Dana Data","id":27,)"
         R"("url":"https://api.xplenty.com/user/27"}})";
}

}  // namespace xplenty::bench
