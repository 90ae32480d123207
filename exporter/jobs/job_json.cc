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

// Reads a list of jobs from the events of nlohmann's SAX parser. A false from any of them ends the
// parsing.
class JobListHandler {
 public:
  // Fingerprints double the cost of parsing.
  explicit JobListHandler(bool with_fingerprints) : with_fingerprints_(with_fingerprints) {}

  JobList Take() { return std::move(list_); }
  // Returns why the parsing ended early. Empty if it did not.
  const std::string& failure() const { return failure_; }

  bool null() { return OnScalar({}); }
  bool boolean(bool value) { return OnScalar({.kind = JsonScalar::Kind::kBool, .integer = value}); }
  bool number_integer(int64_t value) {
    return OnScalar({.kind = JsonScalar::Kind::kInteger,
                     .integer = value,
                     .number = static_cast<double>(value)});
  }
  bool number_unsigned(uint64_t value) {
    if (std::in_range<int64_t>(value)) return number_integer(static_cast<int64_t>(value));
    return number_float(static_cast<double>(value), {});
  }
  bool number_float(double value, const std::string& /*text*/) {
    return OnScalar({.kind = JsonScalar::Kind::kNumber, .number = value});
  }
  bool string(std::string& value) {
    return OnScalar({.kind = JsonScalar::Kind::kString, .text = value});
  }
  static bool binary(json::binary_t& /*value*/) { return false; }  // JSON text has none
  bool start_object(size_t /*size*/) { return OnStart(true); }
  bool start_array(size_t /*size*/) { return OnStart(false); }
  bool key(std::string& name) {
    if (with_fingerprints_) fingerprint_.Add('k', std::string_view(name));
    if (skipped_ > 0) return true;
    field_ = FindJobField(state_, name);
    if (field_ != JobField::kNone) job_.Clear(field_);
    return true;
  }
  bool end_object() { return end_array(); }
  bool end_array() {
    --depth_;
    OnEnd();
    return true;
  }
  bool parse_error(size_t position, const std::string& /*token*/, const json::exception& why) {
    constexpr int kNumberOverflow = 406;
    return Fail(
        (why.id == kNumberOverflow ? "a number beyond any range at byte " : "not JSON at byte ") +
        std::to_string(position));
  }

 private:
  bool OnScalar(const JsonScalar& value) {
    if (InRows() && !BeginRow()) return false;
    if (with_fingerprints_) AddToFingerprint(value);
    if (skipped_ > 0) return true;
    switch (state_) {
      case ParseState::kTop:
        return Fail("not a JSON array of jobs but a single value");
      case ParseState::kRows:
        Reject();
        return true;
      case ParseState::kOutputs:
        if (!value.IsNull()) job_.MarkMalformed(JobField::kOutputs);
        return true;
      case ParseState::kJob:
      case ParseState::kPackage:
      case ParseState::kCluster:
      case ParseState::kOutput:
        job_.Set(field_, value);
        return true;
    }
    return true;
  }

  bool OnStart(bool object) {
    if (++depth_ > kMaxDepth) return Fail("nested deeper than " + std::to_string(kMaxDepth));
    if (InRows() && !BeginRow()) return false;
    if (with_fingerprints_) fingerprint_.Add(object ? '{' : '[');
    if (skipped_ > 0) {
      ++skipped_;
      return true;
    }
    if (state_ == ParseState::kTop && object) {
      return Fail("not a JSON array of jobs but an object");
    }
    const std::optional<ParseState> next = Inside(object);
    if (!next) {
      if (state_ != ParseState::kRows)
        job_.MarkMalformed(state_ == ParseState::kOutputs ? JobField::kOutputs : field_);
      skipped_ = 1;
      return true;
    }
    if (*next == ParseState::kJob) job_ = {};
    if (*next == ParseState::kOutput) job_.BeginOutput();
    state_ = *next;
    return true;
  }

  void OnEnd() {
    if (with_fingerprints_) fingerprint_.Add(')');
    if (skipped_ > 0) {
      --skipped_;
      if (InRows()) Reject();
      return;
    }
    switch (state_) {
      case ParseState::kJob:
        state_ = ParseState::kRows;
        if (auto job = std::move(job_).Finish()) {
          list_.jobs.push_back(std::move(*job));
        } else {
          Reject();
        }
        break;
      case ParseState::kPackage:
      case ParseState::kCluster:
      case ParseState::kOutputs:
        state_ = ParseState::kJob;
        break;
      case ParseState::kOutput:
        job_.EndOutput();
        state_ = ParseState::kOutputs;
        break;
      case ParseState::kTop:
      case ParseState::kRows:
        break;  // the end of the document
    }
  }

  // Returns the state inside a container that begins now, or nothing if it is to be skipped.
  std::optional<ParseState> Inside(bool object) const {
    switch (state_) {
      case ParseState::kTop:
        return ParseState::kRows;
      case ParseState::kRows:
        return object ? std::optional(ParseState::kJob) : std::nullopt;
      case ParseState::kOutputs:
        return object ? std::optional(ParseState::kOutput) : std::nullopt;
      case ParseState::kJob:
        if (field_ == JobField::kPackage && object) return ParseState::kPackage;
        if (field_ == JobField::kCluster && object) return ParseState::kCluster;
        if (field_ == JobField::kOutputs && !object) return ParseState::kOutputs;
        return std::nullopt;
      case ParseState::kPackage:
      case ParseState::kCluster:
      case ParseState::kOutput:
        return std::nullopt;
    }
    return std::nullopt;
  }

  bool InRows() const { return state_ == ParseState::kRows && skipped_ == 0; }
  bool BeginRow() {
    fingerprint_ = {};
    if (list_.jobs.size() + list_.rejects.size() < kMaxRows) return true;
    return Fail("more than " + std::to_string(kMaxRows) + " jobs on one page");
  }
  bool Fail(std::string why) {
    failure_ = std::move(why);
    return false;
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

  const bool with_fingerprints_;
  std::string failure_;
  size_t depth_{};  // containers that are open
  ParseState state_{};
  size_t skipped_{};  // containers that are open inside one that is skipped, itself included
  JobField field_{};  // of the last key
  JobBuilder job_;
  Fingerprint fingerprint_;  // of the row so far
  JobList list_;
};

// The library takes a NUL for the end of the text, so anything could follow it unseen.
constexpr char kNul = '\0';

Result<JobList> Parse(std::string_view body, bool with_fingerprints) {
  JobListHandler handler(with_fingerprints);
  if (json::sax_parse(body.begin(), body.end(), &handler)) return handler.Take();
  return Error{ErrorCode::kParse, handler.failure()};
}

}  // namespace

Result<JobList> ParseJobList(std::string_view body) {
  if (const size_t nul = body.find(kNul); nul != std::string_view::npos) {
    return Error{ErrorCode::kParse, "not JSON at byte " + std::to_string(nul + 1)};
  }
  Result<JobList> list = Parse(body, false);
  if (!list || list->rejects.empty()) return list;
  return Parse(body, true);
}

std::optional<std::string> ParseErrorMessage(std::string_view body) {
  if (body.find(kNul) != std::string_view::npos) return std::nullopt;
  // Only the message of the outermost object is kept, so that memory is bounded.
  const auto keep = [](int depth, json::parse_event_t event, const json& value) {
    switch (event) {
      case json::parse_event_t::key:
        return depth == 1 && value == "message";
      case json::parse_event_t::value:
        return true;
      case json::parse_event_t::array_start:
      case json::parse_event_t::array_end:
        return false;
      case json::parse_event_t::object_start:
      case json::parse_event_t::object_end:
        break;
    }
    return depth == 0;
  };
  const json object = json::parse(body.begin(), body.end(), keep, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  const auto message = object.find("message");
  if (message == object.end() || !message->is_string()) return std::nullopt;
  return message->get<std::string>();
}

}  // namespace xplenty
