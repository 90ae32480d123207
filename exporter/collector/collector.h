#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <prometheus/metric_family.h>

#include "ledger/account_view.h"

namespace xplenty {

// All families about jobs and ledgers, of all accounts, in a fixed order; samples in the order of
// the views. A pure function. Families without samples are left out.
std::vector<prometheus::MetricFamily> CollectAccounts(
    const std::vector<std::shared_ptr<const AccountView>>& views);

// What one (package, cluster) and one package cost at most, in samples of the text exposition.
uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait);
uint64_t SamplesPerPackage();

}  // namespace xplenty
