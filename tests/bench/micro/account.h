#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "model/job.h"

namespace xplenty::bench {

// The same account for all micro-benchmarks: jobs of 1,000 pairs of package and cluster.
inline constexpr int64_t kPairs = 1000;

// The body of a page of the API with `count` jobs, from the one with the number `first` on.
std::string PageBody(int64_t first, int64_t count);

// Those jobs. Aborts if they cannot be parsed.
std::vector<Job> Jobs(int64_t first, int64_t count);

// A new ledger, in memory if `folder` is empty, that counts all of them.
std::unique_ptr<Ledger> NewLedger(const std::string& folder);
std::unique_ptr<Ledger> OpenLedger(const std::string& folder);

// Aborts if that fails.
void Commit(Ledger& ledger, const std::vector<Job>& jobs);

// Commits as many jobs as a ledger is to have, a page at a time.
void Fill(Ledger& ledger, int64_t jobs);

}  // namespace xplenty::bench
