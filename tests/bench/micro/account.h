#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "model/job.h"

namespace xplenty::bench {

// All micro-benchmarks use the same account: jobs of 1,000 package-clusters.
inline constexpr int64_t kPairs = 1000;

// The body of an API page with `count` jobs, from the job with the number `first` on.
std::string PageBody(int64_t first, int64_t count);

// The same jobs, parsed. Aborts if that fails.
std::vector<Job> Jobs(int64_t first, int64_t count);

// A new ledger that counts all jobs; it is in memory if `folder` is empty.
std::unique_ptr<Ledger> NewLedger(const std::string& folder);
std::unique_ptr<Ledger> OpenLedger(const std::string& folder);

// Commits one page of jobs. Aborts if that fails.
void Commit(Ledger& ledger, const std::vector<Job>& jobs);

// Commits that many jobs, a page at a time.
void Fill(Ledger& ledger, int64_t jobs);

}  // namespace xplenty::bench
