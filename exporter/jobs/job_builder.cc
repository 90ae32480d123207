#include "jobs/job_builder.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/label_text.h"
#include "base/timestamp.h"
#include "model/job_status.h"

namespace xplenty {
namespace {

using Field = JobField;

constexpr size_t kMaxOutputs = 10'000;
constexpr int64_t kMaxRuntimeSeconds = 10'000'000'000;

constexpr uint32_t Bit(Field field) {
  return uint32_t{1} << static_cast<unsigned>(field);
}

struct FieldName {
  std::string_view name;
  Field field{};
};

constexpr std::array<FieldName, 16> kJobFields = {{
    {"id", Field::kId},
    {"status", Field::kStatus},
    {"progress", Field::kProgress},
    {"runtime_in_seconds", Field::kRuntime},
    {"created_at", Field::kCreatedAt},
    {"started_at", Field::kStartedAt},
    {"completed_at", Field::kCompletedAt},
    {"failed_at", Field::kFailedAt},
    {"updated_at", Field::kUpdatedAt},
    {"package_id", Field::kPackageId},
    {"cluster_id", Field::kClusterId},
    {"package", Field::kPackage},
    {"cluster", Field::kCluster},
    {"outputs", Field::kOutputs},
    {"errors", Field::kErrors},
    {"html_url", Field::kHtmlUrl},
}};
constexpr std::array<FieldName, 2> kPackageFields = {
    {{"name", Field::kPackageName}, {"id", Field::kPackageOwnId}}};
constexpr std::array<FieldName, 2> kClusterFields = {
    {{"name", Field::kClusterName}, {"id", Field::kClusterOwnId}}};
constexpr std::array<FieldName, 2> kOutputFields = {
    {{"id", Field::kOutputId}, {"records_count", Field::kOutputRecords}}};

template <size_t kCount>
Field Find(const std::array<FieldName, kCount>& fields, std::string_view name) {
  for (const FieldName& known : fields) {
    if (known.name == name) return known.field;
  }
  return Field::kNone;
}

std::optional<int64_t> IntegerFrom(const JsonScalar& value, int64_t lowest) {
  if (value.kind != JsonScalar::Kind::kInteger || value.integer < lowest) return std::nullopt;
  return value.integer;
}

std::optional<double> Progress(const JsonScalar& value) {
  if (value.kind != JsonScalar::Kind::kInteger && value.kind != JsonScalar::Kind::kNumber) {
    return std::nullopt;
  }
  if (value.number < 0 || value.number > 1) return std::nullopt;
  return value.number;
}

std::optional<int64_t> Runtime(const JsonScalar& value) {
  int64_t seconds = value.integer;
  if (value.kind == JsonScalar::Kind::kNumber) {
    const bool fits = value.number >= 0 && value.number <= double{kMaxRuntimeSeconds};
    if (!fits || std::trunc(value.number) < value.number) return std::nullopt;
    seconds = static_cast<int64_t>(value.number);
  } else if (value.kind != JsonScalar::Kind::kInteger) {
    return std::nullopt;
  }
  if (seconds < 0 || seconds > kMaxRuntimeSeconds) return std::nullopt;
  return seconds;
}

std::optional<Timestamp> Time(const JsonScalar& value) {
  if (value.kind != JsonScalar::Kind::kString) return std::nullopt;
  return ParseIso8601(value.text);
}

std::optional<std::string> Name(const JsonScalar& value) {
  if (value.kind != JsonScalar::Kind::kString) return std::nullopt;
  return LabelText(value.text);
}

template <typename T>
bool Store(std::optional<T>& target, std::optional<T> value) {
  target = std::move(value);
  return target.has_value();
}

bool StoreText(std::string& target, const JsonScalar& value) {
  const bool is_text = value.kind == JsonScalar::Kind::kString;
  target = is_text ? value.text : std::string_view();
  return is_text;
}

bool StoreName(std::string& target, std::optional<std::string> name) {
  target = name ? std::move(*name) : std::string();
  return name.has_value();
}

}  // namespace

Field FindJobField(ParseState state, std::string_view key) {
  switch (state) {
    case ParseState::kJob:
      return Find(kJobFields, key);
    case ParseState::kPackage:
      return Find(kPackageFields, key);
    case ParseState::kCluster:
      return Find(kClusterFields, key);
    case ParseState::kOutput:
      return Find(kOutputFields, key);
    case ParseState::kTop:
    case ParseState::kRows:
    case ParseState::kOutputs:
      break;  // arrays have no keys
  }
  return Field::kNone;
}

void JobBuilder::Clear(Field field) {
  malformed_ &= ~Bit(field);
  switch (field) {
    case Field::kPackage:
      Clear(Field::kPackageName);
      Clear(Field::kPackageOwnId);
      break;
    case Field::kCluster:
      Clear(Field::kClusterName);
      Clear(Field::kClusterOwnId);
      break;
    case Field::kOutputs:
      job_.outputs.clear();
      break;
    default:  // a null clears the value of a scalar field
      Assign(field, JsonScalar{});
  }
}

// No metric depends on texts for people, so a wrong one is no anomaly.
void JobBuilder::MarkMalformed(Field field) {
  const bool matters = field != Field::kNone && field != Field::kErrors && field != Field::kHtmlUrl;
  if (matters) malformed_ |= Bit(field);
}

void JobBuilder::Set(Field field, const JsonScalar& value) {
  if (!value.IsNull() && !Assign(field, value)) MarkMalformed(field);
}

void JobBuilder::BeginOutput() {
  output_ = {};
  malformed_ &= ~(Bit(Field::kOutputId) | Bit(Field::kOutputRecords));
}

void JobBuilder::EndOutput() {
  if (job_.outputs.size() < kMaxOutputs) {
    job_.outputs.push_back(output_);
  } else {
    MarkMalformed(Field::kOutputs);
  }
  // What is wrong with an element is wrong with `outputs`, so that Clear(kOutputs) forgets it.
  if ((malformed_ & (Bit(Field::kOutputId) | Bit(Field::kOutputRecords))) != 0) {
    MarkMalformed(Field::kOutputs);
  }
  malformed_ &= ~(Bit(Field::kOutputId) | Bit(Field::kOutputRecords));
}

std::optional<Job> JobBuilder::Finish() && {
  if (!id_ || !status_) return std::nullopt;
  job_.id = *id_;
  job_.status = *status_;
  if (!job_.package_id) job_.package_id = package_own_id_;
  if (!job_.cluster_id) job_.cluster_id = cluster_own_id_;
  job_.malformed = malformed_ != 0;
  return std::move(job_);
}

// Sets a field. Returns false, and leaves it absent, if the value is not of its type or range.
bool JobBuilder::Assign(Field field, const JsonScalar& value) {
  switch (field) {
    case Field::kId:
      return Store(id_, IntegerFrom(value, 1));
    case Field::kStatus:
      status_.reset();
      if (value.kind == JsonScalar::Kind::kString) status_ = ParseJobStatus(value.text);
      return status_.has_value();
    case Field::kProgress:
      return Store(job_.progress, Progress(value));
    case Field::kRuntime:
      return Store(job_.runtime_seconds, Runtime(value));
    case Field::kCreatedAt:
      return Store(job_.created_at, Time(value));
    case Field::kStartedAt:
      return Store(job_.started_at, Time(value));
    case Field::kCompletedAt:
      return Store(job_.completed_at, Time(value));
    case Field::kFailedAt:
      return Store(job_.failed_at, Time(value));
    case Field::kUpdatedAt:
      return Store(job_.updated_at, Time(value));
    case Field::kPackageId:
      return Store(job_.package_id, IntegerFrom(value, 1));
    case Field::kClusterId:
      return Store(job_.cluster_id, IntegerFrom(value, 1));
    case Field::kPackageName:
      return StoreName(job_.package_name, Name(value));
    case Field::kPackageOwnId:
      return Store(package_own_id_, IntegerFrom(value, 1));
    case Field::kClusterName:
      return StoreName(job_.cluster_name, Name(value));
    case Field::kClusterOwnId:
      return Store(cluster_own_id_, IntegerFrom(value, 1));
    case Field::kOutputId:
      return Store(output_.id, IntegerFrom(value, 1));
    case Field::kOutputRecords: {
      const auto records = IntegerFrom(value, 0);
      output_.records = records.value_or(0);
      return records.has_value();
    }
    case Field::kErrors:
      return StoreText(job_.error, value);
    case Field::kHtmlUrl:
      return StoreText(job_.link, value);
    case Field::kNone:
      return true;
    case Field::kPackage:
    case Field::kCluster:
    case Field::kOutputs:
      break;  // a scalar where an object or an array belongs
  }
  return false;
}

}  // namespace xplenty
