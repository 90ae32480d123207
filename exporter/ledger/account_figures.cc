#include "ledger/account_figures.h"

namespace xplenty {

AccountFigures::AccountFigures(const AggregateOptions& options, const JobCounters& zero)
    : package_clusters(options.includes, options.labels),
      tracked(options, zero),
      recent(options.lookback) {}

void AccountFigures::Add(const FinishedJob& job, const FinishedJob* previous, Series* series,
                         PackageTable::Entry& package) {
  changed = true;
  tracked.packages().Add(package, job, previous);
  if (job.fold != Fold::kNone && job.counted_as && previous == nullptr) ++overflow_jobs;
  if (series == nullptr)
    return AddFailure(job, previous, {.package = package.first, .cluster = {}});
  AddFailure(job, previous, series->labels());
  if (previous == nullptr && job.zero_pending) zero_first.AddJob(series->labels(), job.id);
  series->Count(job, previous);
  MarkDirty(recent.Enter(*series, job));
  MarkDirty(series);
}

void AccountFigures::AddFailure(const FinishedJob& job, const FinishedJob* previous,
                                const SeriesLabels& labels) {
  if (previous == nullptr) {
    failures.Add(labels.package, labels.cluster, job);
  } else {
    failures.Correct(labels.package, labels.cluster, job);
  }
}

void AccountFigures::Activate(Series& series, Timestamp time) {
  if (tracked.Activate(series, time)) changed = true;
}

void AccountFigures::BeginZeroFirst(Series& series) {
  if (zero_first.Begin(series.labels())) series.Freeze();
}

void AccountFigures::Release(const SeriesLabels& labels) {
  zero_first.End(labels);
  Series& series = tracked.series().Get(labels);
  series.Unfreeze();
  series.activity().MarkUnscraped();
  MarkDirty(&series);
}

void AccountFigures::MarkDirty(const Series* series) {
  if (series == nullptr) return;
  tracked.series().MarkDirty(*series);
  changed = true;
}

void AccountFigures::FillView(AccountView& view) {
  zero_first.RecordView(view.version);
  tracked.FillView(view);
  view.failures = failures.View();
  view.overflow_jobs = overflow_jobs;
  changed = false;
}

}  // namespace xplenty
