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

// A row that cannot be counted: it is not an object, or has no usable `id` or `status`.
struct RejectedRow {
  uint64_t fingerprint{};  // The same for the same content, so that a row read twice counts once.
};

// The rows of a page, in their order.
struct JobList {
  std::vector<Job> jobs;
  std::vector<RejectedRow> rejects;
};

// The most rows that a page may have: ten times the API's largest page, for servers that ignore the
// parameter `limit`. Each row costs a query of the ledger.
inline constexpr size_t kMaxRows = 1000;

// Reads the body of a "List Jobs" response: a JSON array (RFC 8259) of job objects. Unknown fields
// are skipped at any depth up to 64. A field of the wrong type or range is taken as absent and
// marks its job `malformed`; only `id` and `status` are indispensable. Of a key given twice the
// last counts. The whole body is refused (kParse) if it is not JSON, not an array, nested deeper,
// not UTF-8, or longer than kMaxRows. The message never quotes the body. Pure; memory is bounded by
// a small multiple of the body's size.
Result<JobList> ParseJobList(std::string_view body);

// Returns the `message` of the API's error object as it is, neither cleaned nor cut. Returns
// nothing if the body is not a JSON object with such a string. Pure.
std::optional<std::string> ParseErrorMessage(std::string_view body);

}  // namespace xplenty
