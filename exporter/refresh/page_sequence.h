#pragma once

#include <cstddef>
#include <vector>

#include "api/page_source.h"

namespace xplenty {

// A sequence of page requests in which each depends on the responses so far. The caller repeats
// Next(), fetch, Feed() until Next() returns no request. A failed fetch changes nothing: Next()
// returns the same request again. Every sequence ends on a finite list, with any server.
// Implementations are pure and not thread-safe.
class PageSequence {
 public:
  virtual ~PageSequence() = default;
  PageSequence() = default;
  PageSequence(const PageSequence&) = delete;
  PageSequence& operator=(const PageSequence&) = delete;

  // Returns the requests that may be sent in parallel: at most `at_most` (>= 1), and none when all
  // has been read.
  virtual std::vector<PageRequest> Next(size_t at_most) = 0;
  // Takes the response to one of them. Responses of one batch come in the order of its requests.
  virtual void Feed(const PageRequest& request, const Page& page) = 0;
};

}  // namespace xplenty
