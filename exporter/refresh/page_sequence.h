#pragma once

#include <optional>

#include "api/page_source.h"

namespace xplenty {

// A plan of requests that depends on the answers: Next(), fetch, Feed(), and so on until Next() has
// nothing more. A failed fetch changes nothing: Next() asks the same again. Every sequence ends on
// any finite store, whatever its server does. Pure; not thread-safe.
class PageSequence {
 public:
  virtual ~PageSequence() = default;
  PageSequence() = default;
  PageSequence(const PageSequence&) = delete;
  PageSequence& operator=(const PageSequence&) = delete;

  virtual std::optional<PageRequest> Next() const = 0;
  virtual void Feed(const Page& page) = 0;
};

}  // namespace xplenty
