#include "ledger/account_figures.h"

namespace xplenty {

AccountFigures::AccountFigures(const AggregateOptions& options, const JobCounters& zero)
    : overflow_labels_(OverflowLabels(options.labels)),
      package_clusters_(options.includes, options.labels),
      tracked_(options, zero),
      recent_(options.lookback) {}

SeriesLabels AccountFigures::LabelsOf(int64_t package_cluster, Fold fold) const {
  return FoldedLabels(package_clusters_.Get(package_cluster).labels, overflow_labels_, fold);
}

void AccountFigures::Add(const FinishedJob& job, const FinishedJob* previous, Series* series,
                         PackageTable::Entry& package) {
  changed_ = true;
  tracked_.packages().Add(package, job, previous);
  if (job.fold != Fold::kNone && job.counted_as && previous == nullptr) ++overflow_jobs_;
  const SeriesLabels labels =
      series == nullptr ? SeriesLabels{.package = package.first, .cluster = {}} : series->labels();
  if (previous == nullptr) {
    failures_.Add(labels.package, labels.cluster, job);
    if (job.zero_pending) zero_first_.AddJob(labels, job.id);
  } else {
    failures_.Correct(labels.package, labels.cluster, job);
  }
  if (series == nullptr) return;
  series->Count(job, previous);
  MarkDirty(recent_.Enter(*series, job));
  MarkDirty(series);
}

void AccountFigures::Activate(Series& series, Timestamp time) {
  if (tracked_.Activate(series, time)) changed_ = true;
}

void AccountFigures::BeginZeroFirst(Series& series) {
  if (zero_first_.Begin(series.labels())) series.Freeze();
}

void AccountFigures::Release(const SeriesLabels& labels) {
  zero_first_.End(labels);
  Series& series = tracked_.series().Get(labels);
  series.Unfreeze();
  series.activity().MarkUnscraped();
  MarkDirty(&series);
}

void AccountFigures::MarkDirty(const Series* series) {
  if (series == nullptr) return;
  tracked_.series().MarkDirty(*series);
  changed_ = true;
}

void AccountFigures::FillView(AccountView& view) {
  zero_first_.RecordView(view.version);
  tracked_.FillView(view);
  view.failures = failures_.View();
  view.overflow_jobs = overflow_jobs_;
  changed_ = false;
}

}  // namespace xplenty
