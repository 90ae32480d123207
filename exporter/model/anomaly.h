#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// Why a job's data had to be interpreted: the `reason` of xplenty_exporter_job_anomalies_total.
// The numbers are stored in the ledger: append, never renumber.
enum class AnomalyReason : uint8_t {
  kMalformed,  // not a usable row, or a field of the wrong type
  kUnknownStatus,
  kMissingTime,       // finished, with no time to tell when
  kReopened,          // unfinished again after it had finished
  kRecordsDecreased,  // an output's count fell after the finish
  kVanished,          // unfinished, and twice no longer listed
};

inline constexpr size_t kAnomalyReasonCount = 6;

constexpr std::array<std::string_view, kAnomalyReasonCount> kAnomalyReasonNames = {
    "malformed", "unknown_status", "missing_time", "reopened", "records_decreased", "vanished"};

// The job, or the fingerprint of a row without an id. Each subject counts once per reason.
struct Anomaly {
  AnomalyReason reason{};
  int64_t subject{};
  friend auto operator<=>(const Anomaly&, const Anomaly&) = default;
};

}  // namespace xplenty
