#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// Why a job's data had to be interpreted. The ledger stores the numbers: append, never renumber.
enum class AnomalyReason : uint8_t {
  kMalformed,  // The row is not usable, or a field has the wrong type.
  kUnknownStatus,
  kMissingTime,       // The job has finished, and no field says when.
  kReopened,          // The job had finished and is unfinished again.
  kRecordsDecreased,  // The count of an output fell after the finish.
  kVanished,          // The job was unfinished and has been missing from two listings.
  kPackageFolded,     // The series cap has no room for the package: it counts as "other".
};

// The values of the label `reason` of xplenty_exporter_job_anomalies_total, by the reason's number.
inline constexpr std::array<std::string_view, 7> kAnomalyReasonNames = {
    "malformed",         "unknown_status", "missing_time",  "reopened",
    "records_decreased", "vanished",       "package_folded"};

// The number of reasons; arrays by reason have as many items.
inline constexpr size_t kAnomalyReasonCount = kAnomalyReasonNames.size();

// One reason for one subject: a job's id, or the fingerprint of a row without an id; of
// kPackageFolded the package's id, or the fingerprint of its name. Each subject counts once per
// reason.
struct Anomaly {
  AnomalyReason reason{};
  int64_t subject{};
  friend auto operator<=>(const Anomaly&, const Anomaly&) = default;
};

}  // namespace xplenty
