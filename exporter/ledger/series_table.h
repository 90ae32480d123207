#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "ledger/block_cutter.h"
#include "ledger/series.h"

namespace xplenty {

// The series of one account by their labels. A series that is not active keeps its counters, so
// that it can return with them. Not thread-safe.
class SeriesTable {
 public:
  // `zero` is what each series begins with.
  explicit SeriesTable(JobCounters zero) : zero_(std::move(zero)) {}

  // Returns the series, which is made if it is missing. The reference stays valid.
  Series& Get(const SeriesLabels& labels);
  // Returns the series, null if it was never made.
  const Series* Find(const SeriesLabels& labels) const;

  // Makes a series active, if it is not.
  void Activate(Series& series);
  // Makes series inactive that are idle since before a time. Returns them.
  std::vector<const Series*> RetireIdleSince(Timestamp time);
  // Returns how many series are active.
  uint64_t active() const { return active_; }

  // Must be called after each change of what a series shows.
  void MarkDirty(const Series& series) { blocks_.Touch(series.labels()); }
  // Returns the active series; two lists share the blocks in which nothing was changed.
  SeriesList View();

 private:
  JobCounters zero_;
  std::map<SeriesLabels, Series> series_;
  uint64_t active_ = 0;
  BlockCutter<SeriesLabels, std::shared_ptr<const SeriesView>> blocks_;
};

}  // namespace xplenty
