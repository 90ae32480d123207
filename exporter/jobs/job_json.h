#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/job.h"

namespace xplenty {

// A row that cannot be counted: not an object, or without a usable `id` or `status`.
struct RejectedRow {
  uint64_t fingerprint{};  // the same for the same content: a row read twice is one reject
};

struct JobList {
  std::vector<Job> jobs;
  std::vector<RejectedRow> rejects;
};

// Ten times the API's largest page. A server that ignores the limit it is asked for is understood
// up to here; beyond it is no page, and each of its rows would cost a look into the ledger.
inline constexpr size_t kMaxRows = 1000;

// Reads the body of a "List Jobs" answer: a JSON array (RFC 8259) of job objects. Unknown fields
// are skipped at any depth up to 64. A field of the wrong type or range is taken as absent and
// marks its job `malformed`; only `id` and `status` are indispensable. Of a key given twice the
// last counts. The whole body is refused (kParse) if it is not JSON, not an array, nested deeper,
// not UTF-8, or longer than kMaxRows. The message never quotes the body. Pure; memory is bounded by
// a small multiple of the body's size.
Result<JobList> ParseJobList(std::string_view body);

// The `message` of the API's error object, as it stands there: neither cleaned nor cut. Nothing if
// the body is not a JSON object with such a string.
std::optional<std::string> ParseErrorMessage(std::string_view body);

}  // namespace xplenty
