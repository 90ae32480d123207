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

// The column `outputs`: for each output its id and its records, 8 bytes each, little-endian.
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
  std::string bytes(outputs.size() * 16, '\0');
  char* at = bytes.data();
  for (const OutputRecords& output : outputs) {
    PutInteger(output.output, at);
    PutInteger(output.records, at + 8);
    at += 16;
  }
  return bytes;
}

void Unpack(std::string_view bytes, std::vector<OutputRecords>& outputs) {
  outputs.clear();
  while (bytes.size() >= 16) {
    const int64_t output = TakeInteger(bytes);
    outputs.push_back({output, TakeInteger(bytes)});
  }
}

// The hash of one row: takes its columns as a statement takes them.
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
  // Spread over all bits (the finalizer of splitmix64), as hashes of like rows are to be added.
  uint64_t value() const {
    uint64_t hash = fingerprint_.value();
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    return hash ^ (hash >> 31);
  }

 private:
  Fingerprint fingerprint_;
};

// The columns of each table, for a Statement or a RowHash.
template <typename Sink>
Sink& Put(const LedgerRow& row, Sink& sink) {
  return sink.Bind(std::string_view(row.account))
      .Bind(int64_t{row.counts_from_birth})
      .Bind(ToInteger(row.count_from))
      .Bind(ToInteger(row.watermark))
      .Bind(int64_t{row.counted});
}

template <typename Sink>
Sink& Put(const PairRow& row, Sink& sink) {
  return sink.Bind(row.id)
      .Bind(row.pair.package_id)
      .Bind(std::string_view(row.pair.package_name))
      .Bind(row.pair.cluster_id)
      .Bind(std::string_view(row.pair.cluster_name))
      .Bind(ToUnix(row.seen_at))
      .Bind(int64_t{row.held})
      .Bind(int64_t{row.overflow});
}

template <typename Sink>
Sink& Put(const FinishedJob& job, std::string_view outputs, Sink& sink) {
  return sink.Bind(job.id)
      .Bind(job.pair)
      .Bind(int64_t{job.overflow})
      .Bind(ToInteger(job.counted_as))
      .Bind(static_cast<int64_t>(job.status))
      .Bind(ToUnix(job.finished_at))
      .Bind(ToInteger(job.updated_at))
      .Bind(job.runtime_seconds)
      .Bind(job.wait_seconds)
      .BindBlob(outputs)
      .Bind(int64_t{job.held});
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
bool IsSane(std::optional<Timestamp> time) {
  constexpr int64_t kLimit = 1'000'000'000'000;  // beyond the year 9999
  return !time || (ToUnix(*time) > -kLimit && ToUnix(*time) < kLimit);
}

bool IsSane(const FinishedJob& job, std::string_view outputs) {
  return IsFinished(job.status) && (!job.counted_as || IsFinished(*job.counted_as)) &&
         job.runtime_seconds.value_or(0) >= 0 && job.wait_seconds.value_or(0) >= 0 &&
         outputs.size() % 16 == 0 &&
         std::ranges::all_of(job.outputs,
                             [](const OutputRecords& output) { return output.records >= 0; });
}

uint64_t ChecksumOf(const FinishedJob& job, std::string_view outputs) {
  RowHash hash('j');
  return Put(job, outputs, hash).value();
}

template <typename Visit>
Status ForEachRow(Database& database, const std::string& columns, const char* table, Visit visit) {
  auto rows = database.Prepare("SELECT " + columns + " FROM " + table);
  if (!rows) return rows.error();
  return database.ForEachRow(*rows, visit);
}

// All but the jobs.
Result<StoredState> ReadState(Database& database, RowsRead& read) {
  StoredState state;
  auto done = ForEachRow(database, kLedgerColumns, "ledger", [&](const Statement& row) {
    state.ledger = ReadLedgerRow(row);
    read.checksum += ChecksumOf(state.ledger);
    const bool sane = IsSane(state.ledger.count_from) && IsSane(state.ledger.watermark);
    if (!sane) read.strange = true;
  });
  if (!done) return done.error();
  done = ForEachRow(database, kPairColumns, "pairs", [&](const Statement& row) {
    state.pairs.push_back(ReadPairRow(row));
    read.checksum += ChecksumOf(state.pairs.back());
  });
  if (!done) return done.error();
  done = ForEachRow(database, "reason, subject", "anomalies", [&](const Statement& row) {
    const Anomaly anomaly = ReadAnomalyRow(row);
    read.checksum += ChecksumOf(anomaly);
    const auto reason = static_cast<size_t>(anomaly.reason);
    if (reason < kAnomalyReasonCount) ++state.anomalies[reason];
  });
  if (!done) return done.error();
  return state;
}

}  // namespace

LedgerRow ReadLedgerRow(const Statement& row) {
  return {.account = std::string(row.Text(0)),
          .counts_from_birth = row.Integer(1) != 0,
          .count_from = ToTime(row.OptionalInteger(2)),
          .watermark = ToTime(row.OptionalInteger(3)),
          .counted = row.Integer(4) != 0};
}

PairRow ReadPairRow(const Statement& row) {
  return {.id = row.Integer(0),
          .pair = {.package_id = row.OptionalInteger(1),
                   .cluster_id = row.OptionalInteger(3),
                   .package_name = std::string(row.Text(2)),
                   .cluster_name = std::string(row.Text(4))},
          .seen_at = FromUnix(row.Integer(5)),
          .held = row.Integer(6) != 0,
          .overflow = row.Integer(7) != 0};
}

std::string_view ReadJobRow(const Statement& row, FinishedJob& job) {
  job.id = row.Integer(0);
  job.pair = row.Integer(1);
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
  job.held = row.Integer(10) != 0;
  return outputs;
}

Anomaly ReadAnomalyRow(const Statement& row) {
  const int64_t reason = row.Integer(0);
  const bool known = reason >= 0 && reason < static_cast<int64_t>(kAnomalyReasonCount);
  return {static_cast<AnomalyReason>(known ? static_cast<size_t>(reason) : kAnomalyReasonCount),
          row.Integer(1)};
}

void BindPairRow(const PairRow& row, Statement& statement) {
  Put(row, statement);
}

uint64_t BindJobRow(const FinishedJob& job, Statement& statement) {
  const std::string outputs = Pack(job.outputs);
  Put(job, outputs, statement);
  return ChecksumOf(job, outputs);
}

void BindAnomalyRow(const Anomaly& anomaly, Statement& statement) {
  Put(anomaly, statement);
}

uint64_t ChecksumOf(const LedgerRow& row) {
  return Hash('l', row);
}

uint64_t ChecksumOf(const PairRow& row) {
  return Hash('p', row);
}

uint64_t ChecksumOf(const FinishedJob& job) {
  return ChecksumOf(job, Pack(job.outputs));
}

uint64_t ChecksumOf(const Anomaly& anomaly) {
  return Hash('a', anomaly);
}

Result<RowsRead> ReadRows(Database& database, RowReader& reader) {
  RowsRead read;
  const auto state = ReadState(database, read);
  if (!state) return state.error();
  if (read.strange) return read;
  reader.Begin(*state);
  FinishedJob job;
  const auto visit = [&](const Statement& row) {
    const std::string_view outputs = ReadJobRow(row, job);
    read.checksum += ChecksumOf(job, outputs);
    if (!IsSane(job, outputs)) {
      read.strange = true;
    } else if (!reader.Read(job)) {
      read.orphans = true;
    }
  };
  if (auto done = ForEachRow(database, kJobColumns, "finished_jobs ORDER BY id", visit); !done) {
    return done.error();
  }
  return read;
}

}  // namespace xplenty
