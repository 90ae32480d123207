#include "ledger/rows.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "jobs/fingerprint.h"

namespace xplenty {
namespace {

std::optional<int64_t> ToInteger(std::optional<Timestamp> time) {
  if (!time) return std::nullopt;
  return ToUnix(*time);
}

std::optional<Timestamp> ToTime(std::optional<int64_t> seconds) {
  if (!seconds) return std::nullopt;
  return FromUnix(*seconds);
}

std::optional<int64_t> ToInteger(std::optional<JobStatus> status) {
  if (!status) return std::nullopt;
  return static_cast<int64_t>(*status);
}

JobStatus ToStatus(int64_t number) {
  return number >= 0 && number < static_cast<int64_t>(kJobStatusCount)
             ? static_cast<JobStatus>(number)
             : JobStatus::kUnknown;
}

// The column `outputs` holds the id and the records of each output, 8 bytes each, little-endian.
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

std::string Pack(const std::vector<OutputRecords>& outputs) {
  std::string bytes(outputs.size() * kOutputBytes, '\0');
  char* at = bytes.data();
  for (const OutputRecords& output : outputs) {
    PutInteger(output.output, at);
    PutInteger(output.records, at + 8);
    at += kOutputBytes;
  }
  return bytes;
}

void Unpack(std::string_view bytes, std::vector<OutputRecords>& outputs) {
  outputs.clear();
  while (bytes.size() >= kOutputBytes) {
    const int64_t output = TakeInteger(bytes);
    outputs.push_back({output, TakeInteger(bytes)});
  }
}

// The hash of one row. It takes columns as a statement does.
class RowHash {
 public:
  explicit RowHash(char table) { fingerprint_.Add(table); }
  RowHash& Bind(std::optional<int64_t> value) {
    if (value) {
      fingerprint_.Add('i', static_cast<uint64_t>(*value));
    } else {
      fingerprint_.Add('n');
    }
    return *this;
  }
  RowHash& Bind(std::string_view text) {
    fingerprint_.Add('t', text);
    return *this;
  }
  RowHash& BindBlob(std::string_view bytes) { return Bind(bytes); }
  // The finalizer of splitmix64 spreads the hash over all bits, as hashes of similar rows are
  // added.
  uint64_t value() const {
    uint64_t hash = fingerprint_.value();
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    return hash ^ (hash >> 31);
  }

 private:
  Fingerprint fingerprint_;
};

// Each function gives the columns of a row to a Statement or a RowHash.
template <typename Sink>
Sink& Put(const LedgerHeader& row, Sink& sink) {
  return sink.Bind(std::string_view(row.account))
      .Bind(int64_t{row.counts_from_creation})
      .Bind(ToInteger(row.count_from))
      .Bind(ToInteger(row.watermark))
      .Bind(int64_t{row.initial_sync_complete});
}

template <typename Sink>
Sink& Put(const PackageClusterRow& row, Sink& sink) {
  return sink.Bind(row.id)
      .Bind(row.names.package_id)
      .Bind(std::string_view(row.names.package_name))
      .Bind(row.names.cluster_id)
      .Bind(std::string_view(row.names.cluster_name))
      .Bind(ToUnix(row.seen_at))
      .Bind(int64_t{row.zero_pending})
      .Bind(int64_t{row.overflow});
}

template <typename Sink>
Sink& Put(const FinishedJob& job, std::string_view outputs, Sink& sink) {
  return sink.Bind(job.id)
      .Bind(job.package_cluster)
      .Bind(int64_t{job.overflow})
      .Bind(ToInteger(job.counted_as))
      .Bind(static_cast<int64_t>(job.status))
      .Bind(ToUnix(job.finished_at))
      .Bind(ToInteger(job.updated_at))
      .Bind(job.runtime_seconds)
      .Bind(job.wait_seconds)
      .BindBlob(outputs)
      .Bind(int64_t{job.zero_pending});
}

template <typename Sink>
Sink& Put(const Anomaly& anomaly, Sink& sink) {
  return sink.Bind(static_cast<int64_t>(anomaly.reason)).Bind(anomaly.subject);
}

template <typename Row>
uint64_t Hash(char table, const Row& row) {
  RowHash hash(table);
  return Put(row, hash).value();
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
  job.overflow = row.Integer(2) != 0;
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

uint64_t BindRow(const LedgerHeader& row, Statement& statement) {
  Put(row, statement);
  return ChecksumOf(row);
}

uint64_t BindRow(const PackageClusterRow& row, Statement& statement) {
  Put(row, statement);
  return ChecksumOf(row);
}

uint64_t BindRow(const FinishedJob& job, Statement& statement) {
  const std::string outputs = Pack(job.outputs);
  Put(job, outputs, statement);
  return ChecksumOf(job, outputs);
}

uint64_t BindRow(const Anomaly& anomaly, Statement& statement) {
  Put(anomaly, statement);
  return ChecksumOf(anomaly);
}

uint64_t ChecksumOf(const LedgerHeader& row) {
  return Hash('l', row);
}

uint64_t ChecksumOf(const PackageClusterRow& row) {
  return Hash('p', row);
}

uint64_t ChecksumOf(const FinishedJob& job) {
  return ChecksumOf(job, Pack(job.outputs));
}

uint64_t ChecksumOf(const FinishedJob& job, std::string_view outputs) {
  RowHash hash('j');
  return Put(job, outputs, hash).value();
}

uint64_t ChecksumOf(const Anomaly& anomaly) {
  return Hash('a', anomaly);
}

bool IsValid(const LedgerHeader& row) {
  return IsValid(row.count_from) && IsValid(row.watermark);
}

bool IsValid(const FinishedJob& job, std::string_view outputs) {
  return IsFinished(job.status) && (!job.counted_as || IsFinished(*job.counted_as)) &&
         job.runtime_seconds.value_or(0) >= 0 && job.wait_seconds.value_or(0) >= 0 &&
         outputs.size() % kOutputBytes == 0 &&
         std::ranges::all_of(job.outputs,
                             [](const OutputRecords& output) { return output.records >= 0; });
}

}  // namespace xplenty
