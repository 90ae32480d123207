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
// that it can return with them. Not thread-safe.
class SeriesTable {
 public:
  // `zero` is what each series begins with. `cluster`: what the cluster's label shows.
  SeriesTable(JobCounters zero, LabelValue cluster)
      : zero_(std::move(zero)), cluster_labels_(cluster) {}

  // Returns the series, which is made if it is missing. The reference stays valid.
  Series& Get(const SeriesLabels& labels);
  // Returns the series, null if it was never made.
  const Series* Find(const SeriesLabels& labels) const;
  // Records what is behind the value of the cluster's label.
  void RecordCluster(const SeriesLabels& labels, const PackageCluster& names) {
    cluster_labels_.Record(labels.cluster, names.cluster_id, names.cluster_name);
  }

  // Makes a series active. Returns false if it is already.
  bool Activate(Series& series);
  // Makes series inactive that are idle since before a time. Returns them.
  std::vector<const Series*> RetireIdleSince(Timestamp time);
  // Returns how many series are active.
  uint64_t active() const { return active_; }

  // Must be called after each change of what a series shows.
  void MarkDirty(const Series& series) { blocks_.MarkDirty(series.labels()); }
  // Fills in the active series and their clusters. Two views share the blocks in which nothing was
  // changed.
  void FillView(AccountView& view);

 private:
  JobCounters zero_;
  std::map<SeriesLabels, Series> series_;
  uint64_t active_ = 0;
  ChunkedListBuilder<SeriesLabels, std::shared_ptr<const SeriesView>> blocks_;
  LabelInfoTable cluster_labels_;
};

}  // namespace xplenty
