#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// Every error begins with "list jobs: " and holds what the API itself says, if it says something:
// rid of the secrets, cleaned, and only then cut to 200 bytes, since half a secret is no longer
// recognised. The jobs' texts for people are treated likewise: an error is one line of at most 500
// bytes, a link of more than 1,000 is left out.
Result<Page, ApiError> ReadListJobs(const HttpAnswer& answer, int page_size,
                                    const std::vector<std::string>& secrets = {});

}  // namespace xplenty
