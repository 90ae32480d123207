#include "collector/collector.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/family_spec.h"
#include "collector/job_families.h"
#include "collector/ledger_families.h"
#include "collector/optional_families.h"
#include "collector/package_families.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

bool HasCreationTime(MetricType type) {
  return type == MetricType::Counter || type == MetricType::Histogram;
}

// Calls `visit` with each sample of a subject; of one that has nothing to show, with nothing.
template <typename Subject, typename Visit>
void ForEachSample(const FamilySpec<Subject>& spec, const Subject& subject, const Visit& visit) {
  const size_t values = spec.by == nullptr ? 1 : spec.by->values.size();
  for (size_t value = 0; value < values; ++value) visit(spec.sample(subject, value), value);
}

// Appends the families of a table, with the samples of the subjects in their order.
template <typename Subject, typename Subjects, typename LabelsOf>
void Append(const std::vector<FamilySpec<Subject>>& specs, const ViewHeader& header,
            const Subjects& subjects, LabelsOf labels_of, bool created_timestamps,
            std::vector<MetricFamily>& families) {
  std::vector<Labels> labels;
  for (const Subject& subject : subjects) labels.push_back(labels_of(subject));
  for (const FamilySpec<Subject>& spec : specs) {
    MetricFamily family{.name = std::string(spec.name),
                        .help = std::string(spec.help),
                        .type = spec.type,
                        .metric = {}};
    std::optional<double> created;
    if (created_timestamps && HasCreationTime(spec.type) && header.count_from) {
      created = static_cast<double>(ToUnix(*header.count_from));
    }
    if (spec.shown_while == nullptr || header.*spec.shown_while) {
      auto subject_labels = labels.begin();
      for (const Subject& subject : subjects) {
        ForEachSample(spec, subject, [&](Sample sample, size_t value) {
          if (!sample) return;
          sample->label = *subject_labels;
          if (spec.by != nullptr) {
            sample->label.push_back(
                {std::string(spec.by->label), std::string(spec.by->values[value])});
          }
          sample->created = created;
          family.metric.push_back(std::move(*sample));
        });
        ++subject_labels;
      }
    }
    families.push_back(std::move(family));
  }
}

// Returns how many samples the families of a table have of the subject at most, as a text format
// shows them.
template <typename Subject>
uint64_t MostSamples(const std::vector<FamilySpec<Subject>>& specs, const Subject& subject,
                     bool created_timestamps) {
  constexpr uint64_t kSumAndCount = 2;
  uint64_t samples = 0;
  for (const FamilySpec<Subject>& spec : specs) {
    const bool created = created_timestamps && HasCreationTime(spec.type);
    ForEachSample(spec, subject, [&](const Sample& sample, size_t /*value*/) {
      const bool histogram = spec.type == MetricType::Histogram;
      samples += histogram ? sample->histogram.bucket.size() + kSumAndCount : 1;
      if (created) ++samples;
    });
  }
  return samples;
}

// Returns the families that give the id behind a name, or the name behind an id.
std::vector<MetricFamily> CollectInfos(const std::vector<FamilySpec<LabelInfo>>& specs,
                                       const ViewHeader& header, const LabelRule& rule,
                                       const std::string& what, const LabelInfos::Block& block) {
  const std::string other = what + (rule.value == LabelValue::kId ? "_name" : "_id");
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const LabelInfo& info) {
    return With(With(AccountLabels(header), rule.name, info.first), other, info.second);
  };
  Append(specs, header, block, labels_of, false, families);
  return families;
}

}  // namespace

std::vector<MetricFamily> CollectSeries(const ViewHeader& header, const SeriesList::Block& block,
                                        bool created_timestamps) {
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const SeriesView& series) {
    return SeriesLabelsOf(header, series.package, series.cluster);
  };
  std::vector<std::reference_wrapper<const SeriesView>> series;
  for (const auto& each : block) series.emplace_back(*each);
  Append(JobFamilies(), header, series, labels_of, created_timestamps, families);
  return families;
}

std::vector<MetricFamily> CollectPackages(const ViewHeader& header,
                                          const PackageList::Block& block) {
  std::vector<MetricFamily> families;
  const auto labels_of = [&](const PackageView& package) {
    return PackageLabels(header, package.package);
  };
  Append(PackageFamilies(), header, block, labels_of, false, families);
  return families;
}

std::vector<MetricFamily> CollectPackageInfos(const ViewHeader& header,
                                              const LabelInfos::Block& block) {
  return CollectInfos(PackageInfoFamilies(), header, header.labels.package, "package", block);
}

std::vector<MetricFamily> CollectClusterInfos(const ViewHeader& header,
                                              const LabelInfos::Block& block) {
  return CollectInfos(ClusterInfoFamilies(), header, header.labels.cluster, "cluster", block);
}

std::vector<MetricFamily> CollectLedger(const AccountView& view, const CollectOptions& options) {
  std::vector<MetricFamily> families;
  const auto account_labels = [&](const auto& /*subject*/) { return AccountLabels(view); };
  const bool created = options.created_timestamps;
  Append(LedgerFamilies(), view, std::span(&view, 1), account_labels, created, families);

  // Jobs are in the order of their ids, so that the first ones are the oldest.
  const std::span all(*view.unfinished);
  const auto listed = all.first(std::min<uint64_t>(all.size(), options.per_job.value_or(0)));
  const auto job_labels = [&](const UnfinishedJob& job) {
    return With(SeriesLabelsOf(view, job.package, job.cluster), "job_id", std::to_string(job.id));
  };
  Append(PerJobFamilies(), view, listed, job_labels, created, families);
  const size_t unlisted = all.size() - listed.size();
  Append(UnlistedJobFamilies(), view, std::span(&unlisted, options.per_job ? 1 : 0), account_labels,
         created, families);

  const auto package_labels = [&](const ExpectedInterval& expected) {
    return PackageLabels(view, expected.first);
  };
  Append(ExpectedIntervalFamilies(), view, options.expected_intervals, package_labels, created,
         families);
  return families;
}

uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait,
                          bool created_timestamps) {
  const SeriesView series{.package = {},
                          .cluster = {},
                          .counters = JobCounters(std::make_shared<const BucketBounds>(runtime),
                                                  std::make_shared<const BucketBounds>(wait))};
  return MostSamples(JobFamilies(), series, created_timestamps) +
         MostSamples(ClusterInfoFamilies(), LabelInfo(), created_timestamps);
}

uint64_t SamplesPerPackage() {
  return MostSamples(PackageFamilies(), PackageView(), false) +
         MostSamples(PackageInfoFamilies(), LabelInfo(), false);
}

}  // namespace xplenty
