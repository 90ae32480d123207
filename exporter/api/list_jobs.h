#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http_headers.h"
#include "api/page_source.h"
#include "base/result.h"

namespace xplenty {

// The API's call "List Jobs" without the network: the URL of a request and the meaning of its
// response. Pure.

// A whole HTTP response, its body decompressed.
struct RawResponse {
  int status{};
  HttpHeaders headers;
  std::string body;
};

// Returns the path and query of a request, such as
// "/acme/api/jobs?sort=updated_at&direction=asc&limit=100". The account is percent-encoded, and
// `page_size` is 1 to 100.
std::string ListJobsTarget(std::string_view account_id, const PageRequest& request, int page_size);

// Reads the response to a request for `page_size` rows. An error begins with "list jobs: " and
// quotes the API's own message, if there is one: without the secrets, cleaned, and only then cut to
// 200 bytes, as half a secret would not be recognised. The texts of jobs that are for people lose
// their secrets in the same way: an error becomes one line of at most 500 bytes, and a link of more
// than 1,000 bytes is dropped.
Result<Page, ApiError> ReadListJobs(const RawResponse& response, int page_size,
                                    const std::vector<std::string>& secrets = {});

}  // namespace xplenty
