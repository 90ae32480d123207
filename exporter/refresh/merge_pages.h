#pragma once

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/page_source.h"

namespace xplenty {

// Returns the rows of the pages that arrived as those of one page. A row that moves while pages are
// fetched in parallel may be on two of them: its latest state is last.
inline Page MergePages(PageSource::Responses responses) {
  Page all;
  for (auto& page : responses) {
    if (!page) continue;
    std::ranges::move(page->jobs, std::back_inserter(all.jobs));
    std::ranges::move(page->rejects, std::back_inserter(all.rejects));
  }
  if (responses.size() > 1) std::ranges::stable_sort(all.jobs, {}, &Job::updated_at);
  return all;
}

}  // namespace xplenty
