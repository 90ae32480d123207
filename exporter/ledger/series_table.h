#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/chunked_list_builder.h"
#include "ledger/label_info_table.h"
#include "ledger/series.h"

namespace xplenty {

// The series of one account by their labels. A series that is not active keeps its counters, so
// that it can return with them, until it is removed: then they are to be computed again from the
// stored jobs. The series of folded clusters, cluster "other", are among them. Not thread-safe.
class SeriesTable {
 public:
  // `zero` is what each series begins with.
  SeriesTable(JobCounters zero, const LabelScheme& scheme)
      : zero_(std::move(zero)),
        overflow_labels_(OverflowLabels(scheme)),
        cluster_labels_(scheme.cluster.value) {}

  // Returns the series, which is made if it is missing. The reference stays valid.
  Series& Get(const SeriesLabels& labels);
  // Returns the series, null if it was never made.
  const Series* Find(const SeriesLabels& labels) const;
  // Adds a series that was removed, with its counters.
  void Recall(const SeriesLabels& labels, const JobCounters& counters) {
    series_.try_emplace(labels, labels, counters);
  }
  // Records what is behind the value of the cluster's label.
  void RecordCluster(const SeriesLabels& labels, const PackageCluster& names) {
    cluster_labels_.Record(labels.cluster, names.cluster_id, names.cluster_name);
  }

  // Makes a series active. Returns false if it is already.
  bool Activate(Series& series);
  // Makes an active series inactive.
  void Retire(Series& series);
  // Returns the active series that are idle since before a time.
  std::vector<Series*> IdleSince(Timestamp time);
  // Returns the active series, other than those of folded jobs, in which nothing happens and whose
  // counters a scrape of the view with this number has received: the longest idle one first.
  std::vector<const Series*> Evictable(uint64_t scraped_version) const;

  // Removes the series that are not active and have no jobs, except those of folded jobs. Returns
  // their labels.
  std::vector<SeriesLabels> RemoveRetired();

  // Returns what a new series begins with.
  const JobCounters& zero() const { return zero_; }
  const SeriesLabels& overflow_labels() const { return overflow_labels_; }
  // Returns how many series are active, and how many of these are of folded clusters. The series of
  // folded packages is in neither number.
  uint64_t active() const { return active_; }
  uint64_t active_folds() const { return active_folds_; }

  // Must be called after each change of what a series shows.
  void MarkDirty(const Series& series) { blocks_.MarkDirty(series.labels()); }
  // Fills in the active series and their clusters. Two views share the blocks in which nothing was
  // changed.
  void FillView(AccountView& view);

 private:
  bool IsFold(const Series& series) const {
    return series.labels().cluster == overflow_labels_.cluster;
  }
  void CountActive(const Series& series, uint64_t change);

  JobCounters zero_;
  std::map<SeriesLabels, Series> series_;
  SeriesLabels overflow_labels_;
  uint64_t active_ = 0;
  uint64_t active_folds_ = 0;
  ChunkedListBuilder<SeriesLabels, std::shared_ptr<const SeriesView>> blocks_;
  LabelInfoTable cluster_labels_;
};

}  // namespace xplenty
