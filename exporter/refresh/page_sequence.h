#pragma once

#include <cstddef>
#include <vector>

#include "api/page_source.h"

namespace xplenty {

// A plan of requests that depends on the answers: Next(), fetch, Feed() each page, and so on until
// Next() has nothing more. A failed fetch changes nothing: Next() asks the same again. Every
// sequence ends on any finite store, whatever its server does. Pure; not thread-safe.
class PageSequence {
 public:
  virtual ~PageSequence() = default;
  PageSequence() = default;
  PageSequence(const PageSequence&) = delete;
  PageSequence& operator=(const PageSequence&) = delete;

  // What may be asked side by side: up to `at_most` (1 or more) requests, at least one until all is
  // read.
  virtual std::vector<PageRequest> Next(size_t at_most) = 0;
  // The answer to one of them; those of one batch in the order of the requests.
  virtual void Feed(const PageRequest& request, const Page& page) = 0;
};

}  // namespace xplenty
