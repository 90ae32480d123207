#include "collector/collector.h"

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/family_spec.h"
#include "collector/job_families.h"
#include "collector/ledger_families.h"
#include "collector/optional_families.h"
#include "collector/package_families.h"
#include "model/job_status.h"

namespace xplenty {
namespace {

void SetCreated(const ViewFrame& frame, MetricFamily& family) {
  const bool counts = family.type == prometheus::MetricType::Counter ||
                      family.type == prometheus::MetricType::Histogram;
  if (!counts || !frame.count_from) return;
  for (Metric& metric : family.metric) {
    metric.created = static_cast<double>(ToUnix(*frame.count_from));
  }
}

// Appends the families of a table, filled by subjects in their order.
template <typename Subject, typename Subjects, typename LabelsOf>
void Append(const std::vector<FamilySpec<Subject>>& specs, const ViewFrame& frame,
            const Subjects& subjects, LabelsOf labels_of, bool created_timestamps,
            std::vector<MetricFamily>& families) {
  std::vector<Labels> labels;
  for (const Subject& subject : subjects) labels.push_back(labels_of(subject));
  for (const FamilySpec<Subject>& spec : specs) {
    MetricFamily family{.name = std::string(spec.name),
                        .help = std::string(spec.help),
                        .type = spec.type,
                        .metric = {}};
    if (spec.shown_while == nullptr || frame.*spec.shown_while) {
      auto subject_labels = labels.begin();
      for (const Subject& subject : subjects) {
        spec.append(subject, *subject_labels++, family.metric);
      }
    }
    if (created_timestamps) SetCreated(frame, family);
    families.push_back(std::move(family));
  }
}

// Behind a name is an id, behind an id a name.
std::vector<MetricFamily> CollectInfos(const std::vector<FamilySpec<LabelInfo>>& specs,
                                       const ViewFrame& frame, const LabelRule& rule,
                                       const std::string& what, const LabelInfos::Block& block) {
  const std::string behind = what + (rule.value == LabelValue::kId ? "_name" : "_id");
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const LabelInfo& info) {
    return With(With(AccountLabels(frame), rule.name, info.first), behind, info.second);
  };
  Append(specs, frame, block, labels_of, false, families);
  return families;
}

}  // namespace

std::vector<MetricFamily> CollectSeries(const ViewFrame& frame, const SeriesList::Block& block,
                                        bool created_timestamps) {
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const SeriesView& series) {
    return SeriesLabelsOf(frame, series.package, series.cluster);
  };
  std::vector<std::reference_wrapper<const SeriesView>> series;
  for (const auto& each : block) series.emplace_back(*each);
  Append(JobFamilies(), frame, series, labels_of, created_timestamps, families);
  return families;
}

std::vector<MetricFamily> CollectPackages(const ViewFrame& frame, const PackageList::Block& block) {
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const PackageView& package) {
    return PackageLabels(frame, package.package);
  };
  Append(PackageFamilies(), frame, block, labels_of, false, families);
  return families;
}

std::vector<MetricFamily> CollectPackageInfos(const ViewFrame& frame,
                                              const LabelInfos::Block& block) {
  return CollectInfos(PackageInfoFamilies(), frame, frame.labels.package, "package", block);
}

std::vector<MetricFamily> CollectClusterInfos(const ViewFrame& frame,
                                              const LabelInfos::Block& block) {
  return CollectInfos(ClusterInfoFamilies(), frame, frame.labels.cluster, "cluster", block);
}

std::vector<MetricFamily> CollectLedger(const AccountView& view, const CollectOptions& options) {
  std::vector<MetricFamily> families;
  const auto account = [&](const auto& /*subject*/) { return AccountLabels(view); };
  const bool created = options.created_timestamps;
  Append(LedgerFamilies(), view, std::span(&view, 1), account, created, families);
  const ViewAndOptions both{.view = view, .options = options};
  Append(OptionalFamilies(), view, std::span(&both, 1), account, created, families);
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
