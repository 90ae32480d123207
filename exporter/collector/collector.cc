#include "collector/collector.h"

#include <string>
#include <utility>

#include "collector/family_spec.h"
#include "collector/job_families.h"
#include "collector/ledger_families.h"
#include "collector/package_families.h"
#include "jobs/job_status.h"

namespace xplenty {

namespace {

void AppendSamples(const FamilySpec& spec, const AccountView& view, CollectOptions options,
                   Samples& samples) {
  const size_t first = samples.size();
  spec.append(view, samples);
  const bool counts = spec.type == prometheus::MetricType::Counter ||
                      spec.type == prometheus::MetricType::Histogram;
  if (!options.created_timestamps || !counts || !view.count_from) return;
  for (size_t i = first; i < samples.size(); ++i) {
    samples[i].created = static_cast<double>(ToUnix(*view.count_from));
  }
}

}  // namespace

std::vector<MetricFamily> CollectAccounts(
    const std::vector<std::shared_ptr<const AccountView>>& views, CollectOptions options) {
  std::vector<MetricFamily> families;
  for (const auto* specs : {&JobFamilies(), &PackageFamilies(), &LedgerFamilies()}) {
    for (const FamilySpec& spec : *specs) {
      MetricFamily family;
      for (const auto& view : views) AppendSamples(spec, *view, options, family.metric);
      if (family.metric.empty()) continue;
      family.name = spec.name;
      family.help = spec.help;
      family.type = spec.type;
      families.push_back(std::move(family));
    }
  }
  return families;
}

uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait) {
  constexpr uint64_t kGauges = 4;  // progress, oldest running and waiting, records
  constexpr uint64_t kRecords = 1;
  constexpr uint64_t kBesidesBuckets = 3;  // +Inf, _sum and _count
  constexpr uint64_t kInfo = 1;            // most clusters are of one series
  const uint64_t finished = kFinishedStatuses.size();
  return kInfo + kJobStatusCount + kGauges + finished + kRecords +
         finished * (runtime.size() + kBesidesBuckets) + wait.size() + kBesidesBuckets;
}

uint64_t SamplesPerPackage() {
  constexpr uint64_t kGauges = 6;  // three times, failures, runtime and records of the last success
  constexpr uint64_t kInfo = 1;
  return kGauges + kFinishedStatuses.size() + kInfo;
}

}  // namespace xplenty
