#include "ledger/rows.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "jobs/fingerprint.h"

namespace xplenty {
namespace {

SqlValue ToValue(std::optional<int64_t> integer) {
  if (!integer) return {};
  return *integer;
}

SqlValue ToValue(std::optional<Timestamp> time) {
  if (!time) return {};
  return ToUnix(*time);
}

SqlValue ToValue(std::optional<JobStatus> status) {
  if (!status) return {};
  return static_cast<int64_t>(*status);
}

SqlValue ToValue(bool flag) {
  return int64_t{flag};
}

std::optional<Timestamp> ToTime(std::optional<int64_t> seconds) {
  if (!seconds) return std::nullopt;
  return FromUnix(*seconds);
}

// Any other number becomes one that no fold has, which IsValid() refuses.
Fold ToFold(int64_t number) {
  constexpr Fold kInvalid{255};
  const bool known = number >= 0 && number <= static_cast<int64_t>(Fold::kCluster);
  return known ? static_cast<Fold>(number) : kInvalid;
}

JobStatus ToStatus(int64_t number) {
  return number >= 0 && number < static_cast<int64_t>(kJobStatusCount)
             ? static_cast<JobStatus>(number)
             : JobStatus::kUnknown;
}

constexpr size_t kOutputBytes = 16;

void PutInteger(int64_t value, char* bytes) {
  for (int shift = 0; shift < 64; shift += 8) {
    *bytes++ = static_cast<char>(static_cast<uint64_t>(value) >> shift & 0xff);
  }
}

int64_t TakeInteger(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  bytes.remove_prefix(8);
  return static_cast<int64_t>(value);
}

void Unpack(std::string_view bytes, std::vector<OutputRecords>& outputs) {
  outputs.clear();
  while (bytes.size() >= kOutputBytes) {
    const int64_t output = TakeInteger(bytes);
    outputs.push_back({output, TakeInteger(bytes)});
  }
}

// Times that the API cannot write lead to others that no integer holds.
bool IsValid(std::optional<Timestamp> time) {
  constexpr int64_t kLimit = 1'000'000'000'000;  // beyond the year 9999
  return !time || (ToUnix(*time) > -kLimit && ToUnix(*time) < kLimit);
}

}  // namespace

LedgerHeader ReadHeaderRow(const Statement& row) {
  return {.account = std::string(row.Text(0)),
          .counts_from_creation = row.Integer(1) != 0,
          .count_from = ToTime(row.OptionalInteger(2)),
          .watermark = ToTime(row.OptionalInteger(3)),
          .initial_sync_complete = row.Integer(4) != 0};
}

PackageClusterRow ReadPackageClusterRow(const Statement& row) {
  return {.id = row.Integer(0),
          .names = {.package_id = row.OptionalInteger(1),
                    .cluster_id = row.OptionalInteger(3),
                    .package_name = std::string(row.Text(2)),
                    .cluster_name = std::string(row.Text(4))},
          .seen_at = FromUnix(row.Integer(5)),
          .zero_pending = row.Integer(6) != 0,
          .overflow = row.Integer(7) != 0};
}

std::string_view ReadJobRow(const Statement& row, FinishedJob& job) {
  job.id = row.Integer(0);
  job.package_cluster = row.Integer(1);
  job.fold = ToFold(row.Integer(2));
  job.counted_as = std::nullopt;
  if (const auto counted_as = row.OptionalInteger(3)) job.counted_as = ToStatus(*counted_as);
  job.status = ToStatus(row.Integer(4));
  job.finished_at = FromUnix(row.Integer(5));
  job.updated_at = ToTime(row.OptionalInteger(6));
  job.runtime_seconds = row.OptionalInteger(7);
  job.wait_seconds = row.OptionalInteger(8);
  const std::string_view outputs = row.Blob(9);
  Unpack(outputs, job.outputs);
  job.zero_pending = row.Integer(10) != 0;
  return outputs;
}

Anomaly ReadAnomalyRow(const Statement& row) {
  const int64_t reason = row.Integer(0);
  const bool known = reason >= 0 && reason < static_cast<int64_t>(kAnomalyReasonCount);
  return {static_cast<AnomalyReason>(known ? static_cast<size_t>(reason) : kAnomalyReasonCount),
          row.Integer(1)};
}

std::array<SqlValue, 5> ValuesOf(const LedgerHeader& row) {
  return {std::string_view(row.account), ToValue(row.counts_from_creation), ToValue(row.count_from),
          ToValue(row.watermark), ToValue(row.initial_sync_complete)};
}

std::array<SqlValue, 8> ValuesOf(const PackageClusterRow& row) {
  return {row.id,
          ToValue(row.names.package_id),
          std::string_view(row.names.package_name),
          ToValue(row.names.cluster_id),
          std::string_view(row.names.cluster_name),
          ToUnix(row.seen_at),
          ToValue(row.zero_pending),
          ToValue(row.overflow)};
}

std::array<SqlValue, 11> ValuesOf(const FinishedJob& job, std::string_view outputs) {
  return {job.id,
          job.package_cluster,
          static_cast<int64_t>(job.fold),
          ToValue(job.counted_as),
          static_cast<int64_t>(job.status),
          ToUnix(job.finished_at),
          ToValue(job.updated_at),
          ToValue(job.runtime_seconds),
          ToValue(job.wait_seconds),
          SqlBlob{outputs},
          ToValue(job.zero_pending)};
}

std::array<SqlValue, 2> ValuesOf(const Anomaly& anomaly) {
  return {static_cast<int64_t>(anomaly.reason), anomaly.subject};
}

std::string PackOutputs(const FinishedJob& job) {
  std::string bytes(job.outputs.size() * kOutputBytes, '\0');
  char* at = bytes.data();
  for (const OutputRecords& output : job.outputs) {
    PutInteger(output.output, at);
    PutInteger(output.records, at + 8);
    at += kOutputBytes;
  }
  return bytes;
}

uint64_t ChecksumOf(RowKind kind, std::span<const SqlValue> values) {
  Fingerprint fingerprint;
  fingerprint.Add(static_cast<char>(kind));
  for (const SqlValue& value : values) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      fingerprint.Add('i', static_cast<uint64_t>(*integer));
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      fingerprint.Add('t', *text);
    } else if (const auto* blob = std::get_if<SqlBlob>(&value)) {
      fingerprint.Add('t', blob->bytes);
    } else {
      fingerprint.Add('n');
    }
  }
  // The finalizer of splitmix64 spreads the hash over all bits, as hashes of similar rows are
  // added.
  uint64_t hash = fingerprint.value();
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

bool IsValid(const LedgerHeader& row) {
  return IsValid(row.count_from) && IsValid(row.watermark);
}

bool IsValid(const FinishedJob& job, std::string_view outputs) {
  return job.fold <= Fold::kCluster && IsFinished(job.status) &&
         (!job.counted_as || IsFinished(*job.counted_as)) && job.runtime_seconds.value_or(0) >= 0 &&
         job.wait_seconds.value_or(0) >= 0 && outputs.size() % kOutputBytes == 0 &&
         std::ranges::all_of(job.outputs,
                             [](const OutputRecords& output) { return output.records >= 0; });
}

}  // namespace xplenty
