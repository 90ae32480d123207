#include "jobs/job_json.h"

#include <bit>
#include <utility>

#include <nlohmann/json.hpp>

#include "jobs/fingerprint.h"
#include "jobs/job_builder.h"

namespace xplenty {
namespace {

using nlohmann::json;

constexpr size_t kMaxDepth = 64;

// The part of nlohmann's SAX interface that all readers here share: scalars come as one call, and
// nesting is limited. A false from any call ends the parsing.
class SaxHandler {
 public:
  virtual ~SaxHandler() = default;
  SaxHandler() = default;
  SaxHandler(const SaxHandler&) = delete;
  SaxHandler& operator=(const SaxHandler&) = delete;

  // What ended the parsing; empty if nothing did.
  const std::string& failure() const { return failure_; }
  // Ends it.
  bool Fail(std::string why) {
    failure_ = std::move(why);
    return false;
  }

  bool null() { return OnScalar({}); }
  bool boolean(bool value) { return OnScalar({.kind = JsonScalar::Kind::kBool, .integer = value}); }
  bool number_integer(int64_t value) {
    return OnScalar({.kind = JsonScalar::Kind::kInteger,
                     .integer = value,
                     .number = static_cast<double>(value)});
  }
  bool number_unsigned(uint64_t value) {
    const auto number = static_cast<double>(value);
    if (std::in_range<int64_t>(value)) {
      return OnScalar({.kind = JsonScalar::Kind::kInteger,
                       .integer = static_cast<int64_t>(value),
                       .number = number});
    }
    return OnScalar({.kind = JsonScalar::Kind::kNumber, .number = number});
  }
  bool number_float(double value, const std::string& /*text*/) {
    return OnScalar({.kind = JsonScalar::Kind::kNumber, .number = value});
  }
  bool string(std::string& value) {
    return OnScalar({.kind = JsonScalar::Kind::kString, .text = value});
  }
  static bool binary(json::binary_t& /*value*/) { return false; }  // JSON text has none
  bool start_object(size_t /*size*/) { return Enter() && OnStart(true); }
  bool start_array(size_t /*size*/) { return Enter() && OnStart(false); }
  bool key(std::string& name) { return OnKey(name); }
  bool end_object() { return Leave(); }
  bool end_array() { return Leave(); }
  bool parse_error(size_t position, const std::string& /*token*/, const json::exception& why) {
    constexpr int kNumberOverflow = 406;
    if (why.id != kNumberOverflow) return NotJsonAt(position);
    return Fail("a number beyond any range at byte " + std::to_string(position));
  }
  bool NotJsonAt(size_t position) { return Fail("not JSON at byte " + std::to_string(position)); }

 protected:
  size_t depth() const { return depth_; }  // of the containers that are open

 private:
  virtual bool OnScalar(const JsonScalar& value) = 0;
  virtual bool OnStart(bool object) = 0;  // depth() counts it already
  virtual bool OnKey(std::string_view name) = 0;
  virtual bool OnEnd() = 0;  // depth() counts it no more

  bool Enter() {
    if (++depth_ <= kMaxDepth) return true;
    return Fail("nested deeper than " + std::to_string(kMaxDepth));
  }
  bool Leave() {
    --depth_;
    return OnEnd();
  }

  size_t depth_{};
  std::string failure_;
};

class JobListHandler final : public SaxHandler {
 public:
  // Fingerprints cost as much again as skipping the fields they cover.
  explicit JobListHandler(bool with_fingerprints) : with_fingerprints_(with_fingerprints) {}

  JobList Take() { return std::move(list_); }

 private:
  enum class Place : uint8_t { kTop, kRows, kJob, kPackage, kCluster, kOutputs, kOutput };

  bool OnScalar(const JsonScalar& value) override {
    if (InRows() && !BeginRow()) return false;
    if (with_fingerprints_) AddToFingerprint(value);
    if (skipped_ > 0) return true;
    switch (place_) {
      case Place::kTop:
        return Fail("not a JSON array of jobs but a single value");
      case Place::kRows:
        Reject();
        return true;
      case Place::kOutputs:
        if (!value.IsNull()) job_.MarkMalformed(JobField::kOutputs);
        return true;
      case Place::kJob:
      case Place::kPackage:
      case Place::kCluster:
      case Place::kOutput:
        job_.Set(field_, value);
        return true;
    }
    return true;
  }

  bool OnStart(bool object) override {
    if (InRows() && !BeginRow()) return false;
    if (with_fingerprints_) fingerprint_.Add(object ? '{' : '[');
    if (skipped_ > 0) {
      ++skipped_;
      return true;
    }
    if (place_ == Place::kTop && object) {
      return Fail("not a JSON array of jobs but an object");
    }
    const std::optional<Place> next = Inside(object);
    if (!next) {
      if (place_ != Place::kRows)
        job_.MarkMalformed(place_ == Place::kOutputs ? JobField::kOutputs : field_);
      skipped_ = 1;
      return true;
    }
    if (*next == Place::kJob) job_ = {};
    if (*next == Place::kOutput) job_.BeginOutput();
    place_ = *next;
    return true;
  }

  bool OnKey(std::string_view name) override {
    if (with_fingerprints_) fingerprint_.Add('k', name);
    if (skipped_ > 0) return true;
    switch (place_) {
      case Place::kJob:
        field_ = FindJobField(JobObject::kJob, name);
        break;
      case Place::kPackage:
        field_ = FindJobField(JobObject::kPackage, name);
        break;
      case Place::kCluster:
        field_ = FindJobField(JobObject::kCluster, name);
        break;
      case Place::kOutput:
        field_ = FindJobField(JobObject::kOutput, name);
        break;
      case Place::kTop:
      case Place::kRows:
      case Place::kOutputs:
        break;  // arrays have no keys
    }
    if (field_ != JobField::kNone) job_.Clear(field_);
    return true;
  }

  bool OnEnd() override {
    if (with_fingerprints_) fingerprint_.Add(')');
    if (skipped_ > 0) {
      --skipped_;
      if (InRows()) Reject();
      return true;
    }
    switch (place_) {
      case Place::kJob:
        place_ = Place::kRows;
        if (auto job = std::move(job_).Finish()) {
          list_.jobs.push_back(std::move(*job));
        } else {
          Reject();
        }
        break;
      case Place::kPackage:
      case Place::kCluster:
      case Place::kOutputs:
        place_ = Place::kJob;
        break;
      case Place::kOutput:
        job_.EndOutput();
        place_ = Place::kOutputs;
        break;
      case Place::kTop:
      case Place::kRows:
        break;  // the end of the document
    }
    return true;
  }

  // Where a container that begins here leads; nothing if it is to be skipped.
  std::optional<Place> Inside(bool object) const {
    switch (place_) {
      case Place::kTop:
        return Place::kRows;
      case Place::kRows:
        return object ? std::optional(Place::kJob) : std::nullopt;
      case Place::kOutputs:
        return object ? std::optional(Place::kOutput) : std::nullopt;
      case Place::kJob:
        if (field_ == JobField::kPackage && object) return Place::kPackage;
        if (field_ == JobField::kCluster && object) return Place::kCluster;
        if (field_ == JobField::kOutputs && !object) return Place::kOutputs;
        return std::nullopt;
      case Place::kPackage:
      case Place::kCluster:
      case Place::kOutput:
        return std::nullopt;
    }
    return std::nullopt;
  }

  bool InRows() const { return place_ == Place::kRows && skipped_ == 0; }
  bool BeginRow() {
    fingerprint_ = {};
    if (list_.jobs.size() + list_.rejects.size() < kMaxRows) return true;
    return Fail("more than " + std::to_string(kMaxRows) + " jobs on one page");
  }
  void Reject() { list_.rejects.push_back({.fingerprint = fingerprint_.value()}); }

  void AddToFingerprint(const JsonScalar& value) {
    switch (value.kind) {
      case JsonScalar::Kind::kNull:
        fingerprint_.Add('0');
        return;
      case JsonScalar::Kind::kBool:
        fingerprint_.Add('b', static_cast<uint64_t>(value.integer));
        return;
      case JsonScalar::Kind::kInteger:
        fingerprint_.Add('i', static_cast<uint64_t>(value.integer));
        return;
      case JsonScalar::Kind::kNumber:
        fingerprint_.Add('d', std::bit_cast<uint64_t>(value.number));
        return;
      case JsonScalar::Kind::kString:
        fingerprint_.Add('s', value.text);
        return;
    }
  }

  bool with_fingerprints_;
  Place place_{};
  size_t skipped_{};  // containers that are open inside one that is skipped, itself included
  JobField field_{};  // of the last key
  JobBuilder job_;
  Fingerprint fingerprint_;  // of the row so far
  JobList list_;
};

class ErrorMessageHandler final : public SaxHandler {
 public:
  std::optional<std::string> Take() { return std::move(message_); }

 private:
  bool OnScalar(const JsonScalar& value) override {
    if (depth() == 1 && at_message_ && value.kind == JsonScalar::Kind::kString) {
      message_ = std::string(value.text);
    }
    return true;
  }
  bool OnStart(bool object) override { return depth() > 1 || object; }
  bool OnKey(std::string_view name) override {
    if (depth() == 1) at_message_ = name == "message";
    return true;
  }
  bool OnEnd() override { return true; }

  bool at_message_{};
  std::optional<std::string> message_;
};

// The library takes a NUL for the end of the text, whatever follows it.
bool Parse(std::string_view body, SaxHandler& handler) {
  if (const size_t nul = body.find('\0'); nul != std::string_view::npos) {
    return handler.Fail("not JSON at byte " + std::to_string(nul + 1));
  }
  return json::sax_parse(body.begin(), body.end(), &handler);
}

}  // namespace

Result<JobList> ParseJobList(std::string_view body) {
  JobListHandler handler(false);
  if (!Parse(body, handler)) return Error{ErrorCode::kParse, handler.failure()};
  JobList list = handler.Take();
  if (list.rejects.empty()) return list;
  JobListHandler with_fingerprints(true);
  if (!Parse(body, with_fingerprints)) {
    return Error{ErrorCode::kParse, with_fingerprints.failure()};
  }
  return with_fingerprints.Take();
}

std::optional<std::string> ParseErrorMessage(std::string_view body) {
  ErrorMessageHandler handler;
  if (!Parse(body, handler)) return std::nullopt;
  return handler.Take();
}

}  // namespace xplenty
