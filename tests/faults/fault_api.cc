#include "faults/fault_api.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string_view>

#include "base/timestamp.h"

namespace xplenty {
namespace {

std::string Quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string Time(const std::optional<Timestamp>& time) {
  return time ? Quoted(FormatIso8601(*time)) : "null";
}

std::string Named(int64_t id, const std::string& name) {
  return R"({"id":)" + std::to_string(id) + R"(,"name":)" + Quoted(name) + "}";
}

std::string RowJson(const Job& job, const Edits& edits) {
  std::string outputs;
  for (const Output& output : job.outputs) {
    if (!outputs.empty()) outputs += ',';
    outputs += R"({"id":)" + std::to_string(*output.id) + R"(,"records_count":)" +
               std::to_string(output.records) + "}";
  }
  std::vector<std::pair<std::string, std::string>> fields = {
      {"id", std::to_string(job.id)},
      {"status", Quoted(std::string(ToString(job.status)))},
      {"progress", IsFinished(job.status) ? "1.0" : "0.5"},
      {"outputs", "[" + outputs + "]"},
      {"created_at", Time(job.created_at)},
      {"started_at", Time(job.started_at)},
      {"completed_at", Time(job.completed_at)},
      {"failed_at", Time(job.failed_at)},
      {"updated_at", Time(job.updated_at)},
      {"runtime_in_seconds", std::to_string(job.runtime_seconds.value_or(0))},
      {"errors", "null"},
      {"package_id", std::to_string(*job.package_id)},
      {"cluster_id", std::to_string(*job.cluster_id)},
      {"package", Named(*job.package_id, job.package_name)},
      {"cluster", Named(*job.cluster_id, job.cluster_name)}};
  for (const auto& [field, json] : edits) {
    if (field.empty()) return json;
    std::ranges::find(fields, field, [](const auto& f) { return f.first; })->second = json;
  }
  std::string row;
  for (const auto& [field, json] : fields) {
    if (json.empty()) continue;
    row += row.empty() ? '{' : ',';
    row += Quoted(field) + ":" + json;
  }
  return row + "}";
}

// The value of a query parameter, with decoded colons (of a time).
std::string Parameter(const std::string& head, const std::string& name) {
  const std::string target = head.substr(0, head.find(" HTTP/"));
  size_t begin = target.find('?' + name + '=');
  if (begin == std::string::npos) begin = target.find('&' + name + '=');
  if (begin == std::string::npos) return {};
  begin += name.size() + 2;
  std::string value = target.substr(begin, target.find('&', begin) - begin);
  for (size_t at = value.find("%3A"); at != std::string::npos; at = value.find("%3A")) {
    value.replace(at, 3, ":");
  }
  return value;
}

size_t Number(const std::string& text, size_t otherwise) {
  return text.empty() ? otherwise : std::stoul(text);
}

}  // namespace

std::string HttpReply(const std::string& status, const std::string& date,
                      const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nDate: " + date + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void FaultApi::Put(const Job& job, const Edits& edits) {
  Timestamp updated_at = *job.updated_at;
  for (const auto& [field, json] : edits) {
    if (field != "updated_at" || json.size() < 2) continue;
    updated_at = ParseIso8601(json.substr(1, json.size() - 2)).value_or(updated_at);
  }
  const MutexLock lock(mutex_);
  rows_[job.id] = {job, edits, updated_at};
}

void FaultApi::Put(const std::vector<Job>& jobs) {
  for (const Job& job : jobs) Put(job);
}

void FaultApi::Break(Spoil spoil, int good_responses, Shows shows) {
  const MutexLock lock(mutex_);
  spoil_ = std::move(spoil);
  good_responses_ = good_responses;
  spoiled_shows_ = shows;
  last_good_.clear();
  repeated_ = 0;
}

void FaultApi::LeaveAfter(int good_responses) {
  const MutexLock lock(mutex_);
  leaves_ = true;
  good_responses_ = good_responses;
}

void FaultApi::Repair() {
  const MutexLock lock(mutex_);
  spoil_ = nullptr;
  leaves_ = false;
}

std::vector<Job> FaultApi::Shown() const {
  const MutexLock lock(mutex_);
  std::vector<Job> jobs;
  for (const int64_t id : shown_) jobs.push_back(rows_.at(id).job);
  return jobs;
}

std::vector<Job> FaultApi::NotShown() const {
  const MutexLock lock(mutex_);
  std::vector<Job> jobs;
  for (const auto& [id, row] : rows_) {
    if (!shown_.contains(id)) jobs.push_back(row.job);
  }
  return jobs;
}

int FaultApi::repeated() const {
  const MutexLock lock(mutex_);
  return repeated_;
}

std::vector<const FaultApi::Row*> FaultApi::Find(const std::string& head) const {
  const std::string status = Parameter(head, "status");
  const auto since = ParseIso8601(Parameter(head, "since"));
  std::vector<const Row*> found;
  for (const auto& [id, row] : rows_) {
    if (!status.empty() && status != ToString(row.job.status)) continue;
    if (since && row.updated_at < *since) continue;
    found.push_back(&row);
  }
  if (Parameter(head, "sort") == "updated_at") {
    std::ranges::stable_sort(found, {}, &Row::updated_at);
  }
  return found;
}

ScriptedServer::Reply FaultApi::Handle(const std::string& head) {
  const MutexLock lock(mutex_);
  const auto found = Find(head);
  const size_t offset = Number(Parameter(head, "offset"), 0);
  const size_t limit = Number(Parameter(head, "limit"), 20);
  const bool again = spoil_ && head == last_good_;
  if (again) ++repeated_;
  const bool spoiled = spoil_ && good_responses_ == 0 && !again;
  GoodResponse good{.date = FormatHttpDate(std::chrono::floor<std::chrono::seconds>(clock_.Wall())),
                    .rows = "[",
                    .all = "["};
  for (size_t i = offset; i < found.size(); ++i) {
    const std::string json = (i == offset ? "" : ",") + RowJson(found[i]->job, found[i]->edits);
    good.all += json;
    if (i < offset + limit) good.rows += json;
    const bool on_page = i < offset + limit || (spoiled && spoiled_shows_ == Shows::kAll);
    if (on_page && !(spoiled && spoiled_shows_ == Shows::kNothing)) shown_.insert(found[i]->job.id);
  }
  good.rows += ']';
  good.all += ']';
  if (spoiled) return spoil_(good);
  if (good_responses_ > 0 && !again) {
    --good_responses_;
    last_good_ = head;
  }
  const bool leaves = leaves_ && good_responses_ == 0;
  return {.bytes = HttpReply("200 OK", good.date, "Content-Type: application/json\r\n", good.rows),
          .then = leaves ? ScriptedServer::Then::kLeave : ScriptedServer::Then::kKeepOpen};
}

}  // namespace xplenty
