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

// The object in which a key was found.
enum class JobObject : uint8_t { kJob, kPackage, kCluster, kOutput };

JobField FindJobField(JobObject object, std::string_view key);

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
