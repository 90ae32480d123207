#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "exposition/metric_family.h"
#include "ledger/account_view.h"

namespace xplenty {

struct CollectOptions {
  // Counters and histograms tell since when they count: their ledger's count_from, before which
  // nothing counts, so that they were 0 then.
  bool created_timestamps = false;
};

// All families about jobs and ledgers, of all accounts, in a fixed order; samples in the order of
// the views. A pure function. Families without samples are left out.
std::vector<MetricFamily> CollectAccounts(
    const std::vector<std::shared_ptr<const AccountView>>& views, CollectOptions options = {});

// What one (package, cluster) and one package cost at most, in samples of the text exposition.
uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait);
uint64_t SamplesPerPackage();

}  // namespace xplenty
