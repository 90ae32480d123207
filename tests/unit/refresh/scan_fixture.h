#pragma once

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "list_server.h"
#include "refresh/page_sequence.h"

namespace xplenty {

inline constexpr Timestamp kStart = FromUnix(1000);
inline constexpr Timestamp kNow = FromUnix(2000);
inline constexpr std::chrono::seconds kOverlap{60};

using Row = std::pair<int64_t, Timestamp>;

// Runs a sequence to its end against the server, `width` pages at a time; `between` changes the
// store before each page. The pages of a batch are fetched in another order each time.
inline std::set<Row> RunToEnd(
    PageSequence& sequence, const ListServer& server, const std::function<void()>& between = [] {},
    size_t* requests = nullptr, size_t width = 1) {
  std::set<Row> seen;
  size_t count = 0;
  for (size_t batch = 0;; ++batch) {
    const auto batch_requests = sequence.Next(width);
    if (batch_requests.empty()) break;
    std::vector<Page> pages(batch_requests.size());
    for (size_t i = 0; i < batch_requests.size(); ++i) {
      between();
      const size_t next = (i + batch) % batch_requests.size();
      pages[next] = server.Answer(batch_requests[next]);
      for (const Job& job : pages[next].jobs) seen.insert({job.id, *job.updated_at});
    }
    for (size_t i = 0; i < batch_requests.size(); ++i) sequence.Feed(batch_requests[i], pages[i]);
    count += batch_requests.size();
    if (count > 20'000) {
      ADD_FAILURE() << "the scan does not end";
      break;
    }
  }
  if (requests != nullptr) *requests = count;
  return seen;
}

// Fetches one page and feeds it.
inline Page FetchPage(PageSequence& sequence, const ListServer& server) {
  const PageRequest request = sequence.Next(1).front();
  Page page = server.Answer(request);
  sequence.Feed(request, page);
  return page;
}

inline void Put(ListServer& server, int64_t id, int64_t updated) {
  server.jobs[id] = MakeJob(id, JobStatus::kRunning, FromUnix(updated));
}

inline void ExpectAllSeen(const ListServer& server, const std::set<Row>& seen,
                          Timestamp since = kStart) {
  for (const Job& job : server.All()) {
    if (*job.updated_at < since) continue;
    EXPECT_TRUE(seen.contains({job.id, *job.updated_at}))
        << "job " << job.id << " of " << ToUnix(*job.updated_at);
  }
}

}  // namespace xplenty
