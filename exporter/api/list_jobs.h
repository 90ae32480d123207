#pragma once

#include <string>
#include <string_view>

#include "api/http_headers.h"
#include "api/page_source.h"
#include "base/result.h"

namespace xplenty {

// The "List Jobs" call apart from the network: its URL and the meaning of its answers. Pure.

struct HttpAnswer {
  int status{};
  HttpHeaders headers;
  std::string body;
};

// "/acme/api/jobs?sort=updated_at&direction=asc&limit=100..."; the account is percent-encoded.
std::string ListJobsTarget(std::string_view account_id, const PageRequest& request, int page_size);

// Every error begins with "list jobs: " and holds what the API itself says, if it says something,
// cleaned and cut to 200 bytes.
Result<Page, ApiError> ReadListJobs(const HttpAnswer& answer, int page_size);

}  // namespace xplenty
