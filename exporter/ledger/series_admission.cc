#include "ledger/series_admission.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace xplenty {

SeriesAdmission::SeriesAdmission(const SeriesCap& cap, const SeriesTable& series,
                                 const PackageTable& packages, Timestamp idle_since,
                                 uint64_t scraped_version)
    : cap_(cap),
      series_(series),
      packages_(packages),
      idle_since_(idle_since),
      scraped_version_(scraped_version),
      overflow_labels_(series.overflow_labels()),
      usage_{.series = series.active(),
             .folds = series.active_folds(),
             .packages = packages.tracked()} {}

SeriesAdmission::Place SeriesAdmission::PlaceOf(const SeriesLabels& own) {
  constexpr Fold kInOrder[] = {Fold::kNone, Fold::kCluster, Fold::kPackage};
  Place place;
  for (const Fold fold : kInOrder) {
    place = {.labels = FoldedLabels(own, overflow_labels_, fold), .fold = fold, .is_new = false};
    if (IsActive(place.labels)) break;
    const bool may_use_reserve = fold == Fold::kCluster || IsFirstOfPackage(place.labels.package);
    if (place.labels != overflow_labels_ && !Admit(place.labels, may_use_reserve)) continue;
    new_series_.insert(place.labels);
    break;
  }
  place.is_new = new_series_.contains(place.labels);
  used_.insert(place.labels);
  return place;
}

bool SeriesAdmission::IsActive(const SeriesLabels& labels) const {
  if (new_series_.contains(labels)) return true;
  const Series* const series = series_.Find(labels);
  return series != nullptr && series->activity().active() &&
         std::ranges::find(retired_series_, labels) == retired_series_.end();
}

bool SeriesAdmission::IsFirstOfPackage(const std::string& package) const {
  const auto of_package = [&](const SeriesLabels& labels) { return labels.package == package; };
  const auto retired = std::ranges::count_if(retired_series_, of_package);
  return packages_.ActiveSeriesOf(package) <= static_cast<uint64_t>(retired) &&
         std::ranges::none_of(new_series_, of_package);
}

bool SeriesAdmission::IsTracked(const std::string& package) const {
  if (std::ranges::find(retired_packages_, package) == retired_packages_.end() &&
      packages_.IsTracked(package)) {
    return true;
  }
  return std::ranges::any_of(new_series_,
                             [&](const SeriesLabels& labels) { return labels.package == package; });
}

// Makes a series part of the usage, if there is room for it or room can be made.
bool SeriesAdmission::Admit(const SeriesLabels& labels, bool may_use_reserve) {
  CapUsage with = usage_;
  ++with.series;
  if (labels.cluster == overflow_labels_.cluster) ++with.folds;
  if (!IsTracked(labels.package)) ++with.packages;
  const auto fits = MakeRoom(with, labels.package, may_use_reserve);
  if (fits) usage_ = *fits;
  return fits.has_value();
}

// Returns the usage once what is idle has made room; nullopt, and nothing is retired, if that is
// not enough.
std::optional<CapUsage> SeriesAdmission::MakeRoom(CapUsage usage, const std::string& package,
                                                  bool may_use_reserve) {
  const auto fits = [&] {
    return may_use_reserve ? cap_.Fits(usage) : cap_.FitsWithReserve(usage);
  };
  if (fits()) return usage;
  FindIdle();
  std::vector<std::string> packages;
  std::vector<SeriesLabels> series;
  size_t packages_left = idle_->packages.size();
  for (; !fits() && packages_left > 0; --packages_left) {
    const std::string& idle = idle_->packages[packages_left - 1];
    if (idle == package || !IsFirstOfPackage(idle)) continue;  // in use by now
    packages.push_back(idle);
    --usage.packages;
  }
  size_t series_left = idle_->series.size();
  for (; !fits() && series_left > 0; --series_left) {
    const SeriesLabels& idle = idle_->series[series_left - 1]->labels();
    if (used_.contains(idle)) continue;
    series.push_back(idle);
    --usage.series;
  }
  if (!fits()) return std::nullopt;
  idle_->packages.resize(packages_left);
  idle_->series.resize(series_left);
  std::ranges::move(packages, std::back_inserter(retired_packages_));
  std::ranges::move(series, std::back_inserter(retired_series_));
  return usage;
}

void SeriesAdmission::FindIdle() {
  if (idle_) return;
  idle_.emplace(Idle{.packages = packages_.IdleSince(idle_since_),
                     .series = series_.Evictable(scraped_version_)});
  std::ranges::reverse(idle_->series);
}

}  // namespace xplenty
