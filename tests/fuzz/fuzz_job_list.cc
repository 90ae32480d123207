// The input is the body of a response, read as jobs and as an error object.

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "base/label_text.h"
#include "fuzz/fuzz.h"
#include "jobs/job_json.h"

namespace xplenty {
namespace {

constexpr size_t kMaxOutputs = 10'000;

bool IsNatural(const std::optional<int64_t>& value, int64_t least) {
  return !value || *value >= least;
}

// The years 1 to 9999; a zone and a leap second may add to that.
bool IsTime(const std::optional<Timestamp>& time) {
  using namespace std::chrono;
  return !time || (*time >= sys_days(year(0) / December / 31) &&
                   *time <= sys_days(year(10'000) / January / 2));
}

void CheckJob(const Job& job) {
  Require(job.id > 0, "the id is positive");
  Require(static_cast<size_t>(job.status) < kJobStatusCount, "the status is a known one");
  Require(IsNatural(job.package_id, 1) && IsNatural(job.cluster_id, 1), "ids are positive");
  for (const std::string& name : {job.package_name, job.cluster_name}) {
    Require(name.size() <= kMaxLabelBytes && IsCleanText(name), "a name is valid as a label");
  }
  Require(!job.progress || (*job.progress >= 0 && *job.progress <= 1), "progress is a ratio");
  Require(IsNatural(job.runtime_seconds, 0), "a runtime is not negative");
  for (const auto& time :
       {job.created_at, job.started_at, job.completed_at, job.failed_at, job.updated_at}) {
    Require(IsTime(time), "times lie in the years 1 to 9999");
  }
  Require(job.outputs.size() <= kMaxOutputs, "outputs are limited");
  for (const Output& output : job.outputs) {
    Require(output.records >= 0 && IsNatural(output.id, 1), "an output's records are not negative");
  }
  Require(TotalRecords(job) >= 0, "the sum of records does not overflow");
  FinishTime(job);  // must not overflow
}

auto Fields(const Job& job) {
  return std::tie(job.id, job.status, job.package_id, job.cluster_id, job.package_name,
                  job.cluster_name, job.progress, job.created_at, job.started_at, job.completed_at,
                  job.failed_at, job.updated_at, job.runtime_seconds, job.malformed);
}

bool SameJob(const Job& a, const Job& b) {
  const auto same_output = [](const Output& x, const Output& y) {
    return x.id == y.id && x.records == y.records;
  };
  return Fields(a) == Fields(b) && std::ranges::equal(a.outputs, b.outputs, same_output);
}

// Returns whether `list` has the rows of `part`, `times` times.
bool Repeats(const JobList& list, const JobList& part, size_t times) {
  bool same = list.jobs.size() == times * part.jobs.size() &&
              list.rejects.size() == times * part.rejects.size();
  for (size_t i = 0; same && i < list.jobs.size(); ++i) {
    same = SameJob(list.jobs[i], part.jobs[i % part.jobs.size()]);
  }
  for (size_t i = 0; same && i < list.rejects.size(); ++i) {
    same = list.rejects[i].fingerprint == part.rejects[i % part.rejects.size()].fingerprint;
  }
  return same;
}

// The message consists of these texts and of numbers: it has nothing of the body.
void CheckRefusal(const Error& error) {
  constexpr std::array<std::string_view, 5> kReasons = {
      "not JSON at byte ", "a number beyond any range at byte ", "nested deeper than ",
      "not a JSON array of jobs but a single value", "not a JSON array of jobs but an object"};
  Require(error.code == ErrorCode::kParse, "a bad body's error is kParse");
  if (error.message == "more than " + std::to_string(kMaxRows) + " jobs on one page") return;
  const size_t digits = error.message.find_first_of("0123456789");
  const std::string_view reason = std::string_view(error.message).substr(0, digits);
  Require(std::ranges::find(kReasons, reason) != kReasons.end(), "the reason is a known one");
  Require(digits == std::string::npos ||
              error.message.find_first_not_of("0123456789", digits) == std::string::npos,
          "the reason ends with its number");
}

void CheckList(std::string_view body, const JobList& list) {
  const size_t rows = list.jobs.size() + list.rejects.size();
  const size_t open = body.find('[');
  const size_t close = body.rfind(']');
  Require(open < close && close < body.size(), "an accepted body is an array");
  const std::string rows_text(body.substr(open + 1, close - open - 1));
  const auto commas = static_cast<size_t>(std::ranges::count(rows_text, ','));
  Require(rows <= commas + 1, "there are not more rows than elements");
  constexpr size_t kShortestJob = std::string_view(R"({"id":1,"status":""})").size();
  Require(list.jobs.size() * kShortestJob <= body.size(), "a job needs an id and a status");
  for (const Job& job : list.jobs) CheckJob(job);

  Require(!ParseJobList(body.substr(0, close)), "an array that is cut off is refused");
  if (rows == 0 || 2 * rows > kMaxRows) return;
  const auto twice = ParseJobList("[" + rows_text + ",\n" + rows_text + "]");
  Require(twice && Repeats(*twice, list, 2), "no row depends on earlier rows");
}

void Check(std::string_view body) {
  const auto list = ParseJobList(body);
  const auto message = ParseErrorMessage(body);
  if (message) {
    Require(message->size() <= body.size(), "the API's message comes from the body");
    Require(!list, "an object is not a list");
  }
  const auto again = ParseJobList(body);
  Require(list.has_value() == again.has_value(),
          "parsing the same body again has the same outcome");
  if (list) {
    Require(Repeats(*again, *list, 1), "parsing the same body again gives the same jobs");
    CheckList(body, *list);
  } else {
    CheckRefusal(list.error());
  }
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
