#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/job.h"

namespace xplenty {

// The fields of a job that the exporter reads.
enum class JobField : uint8_t {
  kNone,  // unknown: skipped
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
  // Inside package, cluster and an output:
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

// A value that is neither array nor object. An integer beyond int64_t is a kNumber.
struct JsonScalar {
  enum class Kind : uint8_t { kNull, kBool, kInteger, kNumber, kString };
  Kind kind{};
  int64_t integer{};
  double number{};          // of kInteger too
  std::string_view text{};  // valid during the call only

  bool IsNull() const { return kind == Kind::kNull; }
};

// One job while it is being read, token by token. Of a field given twice the last value counts: it
// is cleared at each of its keys. Values of the wrong type or range are taken as absent and mark
// the job malformed; nulls are just absent.
class JobBuilder {
 public:
  void Clear(JobField field);
  void Set(JobField field, const JsonScalar& value);  // after Clear()
  void MarkMalformed(JobField field);

  void BeginOutput();
  void EndOutput();

  // Nothing if the job lacks what it cannot be counted without. The builder is then spent.
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
