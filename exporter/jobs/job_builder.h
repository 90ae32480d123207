#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/job.h"

namespace xplenty {

// The fields of a job that the exporter reads.
enum class JobField : uint8_t {
  kNone,  // A key that is not read.
  kId,
  kStatus,
  kProgress,
  kRuntime,
  kCreatedAt,
  kStartedAt,
  kCompletedAt,
  kFailedAt,
  kUpdatedAt,
  kPackageId,
  kClusterId,
  kPackage,
  kCluster,
  kOutputs,
  kErrors,
  kHtmlUrl,
  // These are inside a package, a cluster or an output.
  kPackageName,
  kPackageOwnId,
  kClusterName,
  kClusterOwnId,
  kOutputId,
  kOutputRecords,
};

// The JSON value that is being read. kTop is the document, kRows the array of jobs.
enum class ParseState : uint8_t { kTop, kRows, kJob, kPackage, kCluster, kOutputs, kOutput };

// Returns the field that a key stands for inside that value.
JobField FindJobField(ParseState state, std::string_view key);

// A JSON value that is neither an array nor an object. An integer beyond int64_t is a kNumber.
struct JsonScalar {
  enum class Kind : uint8_t { kNull, kBool, kInteger, kNumber, kString };
  Kind kind{};
  int64_t integer{};        // of a kInteger; 1 or 0 of a kBool
  double number{};          // of a kNumber or kInteger
  std::string_view text{};  // of a kString, valid during the call only

  bool IsNull() const { return kind == Kind::kNull; }
};

// Builds one job from the keys and values of its JSON object, in their order. If a field is given
// twice, its last value counts. A value of the wrong type or range is taken as absent and marks the
// job malformed. A null is absent. Not thread-safe.
class JobBuilder {
 public:
  // Forgets a field and what was wrong with it. Called at each of its keys.
  void Clear(JobField field);
  // Sets a field, after Clear().
  void Set(JobField field, const JsonScalar& value);
  // Records that a field has a value of the wrong type. Texts for people may have one.
  void MarkMalformed(JobField field);

  // Begin and end an element of `outputs`.
  void BeginOutput();
  void EndOutput();

  // Returns the job, or nothing if it has no usable id or status. Called once, at the end.
  std::optional<Job> Finish() &&;

 private:
  bool Assign(JobField field, const JsonScalar& value);

  Job job_;
  std::optional<int64_t> id_;
  std::optional<JobStatus> status_;
  std::optional<int64_t> package_own_id_;
  std::optional<int64_t> cluster_own_id_;
  Output output_;
  uint32_t malformed_{};  // a bit for each JobField
};

}  // namespace xplenty
