#include "collector/collector.h"

#include <string>
#include <utility>

#include "collector/family_spec.h"
#include "collector/job_families.h"
#include "collector/ledger_families.h"
#include "collector/optional_families.h"
#include "collector/package_families.h"
#include "jobs/job_status.h"

namespace xplenty {
namespace {

void SetCreated(const AccountView& view, MetricFamily& family) {
  const bool counts = family.type == prometheus::MetricType::Counter ||
                      family.type == prometheus::MetricType::Histogram;
  if (!counts || !view.count_from) return;
  for (Metric& metric : family.metric) {
    metric.created = static_cast<double>(ToUnix(*view.count_from));
  }
}

}  // namespace

std::vector<MetricFamily> CollectAccount(const AccountView& view, const CollectOptions& options) {
  std::vector<MetricFamily> families;
  const auto add = [&](const FamilySpec& spec, auto append) {
    MetricFamily family{.name = std::string(spec.name),
                        .help = std::string(spec.help),
                        .type = spec.type,
                        .metric = {}};
    append(family.metric);
    if (family.metric.empty()) return;
    if (options.created_timestamps) SetCreated(view, family);
    families.push_back(std::move(family));
  };
  for (const auto* specs : {&JobFamilies(), &PackageFamilies(), &LedgerFamilies()}) {
    for (const FamilySpec& spec : *specs) {
      add(spec, [&](Samples& samples) { spec.append(view, samples); });
    }
  }
  for (const OptionalFamilySpec& spec : OptionalFamilies()) {
    add(spec.family, [&](Samples& samples) { spec.append(view, options, samples); });
  }
  return families;
}

uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait,
                          bool created_timestamps) {
  constexpr uint64_t kGauges = 4;  // progress, oldest running and waiting, records
  constexpr uint64_t kRecords = 1;
  constexpr uint64_t kBesidesBuckets = 3;  // +Inf, _sum and _count
  constexpr uint64_t kInfo = 1;            // most clusters are of one series
  const uint64_t finished = kFinishedStatuses.size();
  const uint64_t created = created_timestamps ? finished + kRecords + finished + 1 : 0;
  return kInfo + kJobStatusCount + kGauges + finished + kRecords +
         finished * (runtime.size() + kBesidesBuckets) + wait.size() + kBesidesBuckets + created;
}

uint64_t SamplesPerPackage() {
  constexpr uint64_t kGauges = 6;  // three times, failures, runtime and records of the last success
  constexpr uint64_t kInfo = 1;
  return kGauges + kFinishedStatuses.size() + kInfo;
}

}  // namespace xplenty
