#include "ledger/rows.h"

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
void AppendInteger(int64_t value, std::string& bytes) {
  for (int shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>(static_cast<uint64_t>(value) >> shift & 0xff);
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
  std::string bytes;
  bytes.reserve(outputs.size() * 16);
  for (const OutputRecords& output : outputs) {
    AppendInteger(output.output, bytes);
    AppendInteger(output.records, bytes);
  }
  return bytes;
}

std::vector<OutputRecords> Unpack(std::string_view bytes) {
  std::vector<OutputRecords> outputs;
  outputs.reserve(bytes.size() / 16);
  while (bytes.size() >= 16) {
    const int64_t output = TakeInteger(bytes);
    outputs.push_back({output, TakeInteger(bytes)});
  }
  return outputs;
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
Sink& Put(const FinishedJob& job, Sink& sink) {
  return sink.Bind(job.id)
      .Bind(job.pair)
      .Bind(int64_t{job.overflow})
      .Bind(ToInteger(job.counted_as))
      .Bind(static_cast<int64_t>(job.status))
      .Bind(ToUnix(job.finished_at))
      .Bind(ToInteger(job.updated_at))
      .Bind(job.runtime_seconds)
      .Bind(job.wait_seconds)
      .BindBlob(Pack(job.outputs))
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

template <typename Read>
Status AddRows(Database& database, const std::string& sql, Read read, uint64_t& sum) {
  auto rows = database.Prepare(sql);
  if (!rows) return rows.error();
  return database.ForEachRow(*rows, [&](const Statement& row) { sum += ChecksumOf(read(row)); });
}

}  // namespace

LedgerRow ReadLedgerRow(const Statement& row) {
  return {.account = row.Text(0),
          .counts_from_birth = row.Integer(1) != 0,
          .count_from = ToTime(row.OptionalInteger(2)),
          .watermark = ToTime(row.OptionalInteger(3)),
          .counted = row.Integer(4) != 0};
}

PairRow ReadPairRow(const Statement& row) {
  return {.id = row.Integer(0),
          .pair = {.package_id = row.OptionalInteger(1),
                   .cluster_id = row.OptionalInteger(3),
                   .package_name = row.Text(2),
                   .cluster_name = row.Text(4)},
          .seen_at = FromUnix(row.Integer(5)),
          .held = row.Integer(6) != 0,
          .overflow = row.Integer(7) != 0};
}

FinishedJob ReadJobRow(const Statement& row) {
  FinishedJob job{.id = row.Integer(0),
                  .pair = row.Integer(1),
                  .overflow = row.Integer(2) != 0,
                  .status = ToStatus(row.Integer(4)),
                  .finished_at = FromUnix(row.Integer(5)),
                  .updated_at = ToTime(row.OptionalInteger(6)),
                  .runtime_seconds = row.OptionalInteger(7),
                  .wait_seconds = row.OptionalInteger(8),
                  .outputs = Unpack(row.Blob(9)),
                  .held = row.Integer(10) != 0};
  if (const auto counted_as = row.OptionalInteger(3)) job.counted_as = ToStatus(*counted_as);
  return job;
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

void BindJobRow(const FinishedJob& job, Statement& statement) {
  Put(job, statement);
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
  return Hash('j', job);
}

uint64_t ChecksumOf(const Anomaly& anomaly) {
  return Hash('a', anomaly);
}

Result<uint64_t> ChecksumOfRows(Database& database) {
  uint64_t sum = 0;
  const auto select = [](const char* columns, const char* table) {
    return std::string("SELECT ") + columns + " FROM " + table;
  };
  if (auto done = AddRows(database, select(kLedgerColumns, "ledger"), ReadLedgerRow, sum); !done) {
    return done.error();
  }
  if (auto done = AddRows(database, select(kPairColumns, "pairs"), ReadPairRow, sum); !done) {
    return done.error();
  }
  if (auto done = AddRows(database, select(kJobColumns, "finished_jobs"), ReadJobRow, sum); !done) {
    return done.error();
  }
  if (auto done = AddRows(database, select("reason, subject", "anomalies"), ReadAnomalyRow, sum);
      !done) {
    return done.error();
  }
  return sum;
}

}  // namespace xplenty
