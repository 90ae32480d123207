#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "ledger/package_cluster.h"

namespace xplenty {

// The series that still show what they showed before their first event (promise P6), and the rows
// that carry the mark of it in the database. Pure; not thread-safe.
class ZeroFirst {
 public:
  // The ids of rows whose `zero_pending` is set.
  struct Rows {
    std::vector<int64_t> package_clusters{};
    std::vector<int64_t> jobs{};
  };

  // Makes a series pending. Returns false if it is already.
  bool Begin(const SeriesLabels& labels) { return pending_.try_emplace(labels).second; }
  // Ends that.
  void End(const SeriesLabels& labels) { pending_.erase(labels); }
  bool IsPending(const SeriesLabels& labels) const { return pending_.contains(labels); }

  // Add a row that carries the mark, if the series is pending.
  void AddPackageCluster(const SeriesLabels& labels, int64_t id);
  void AddJob(const SeriesLabels& labels, int64_t id);
  // Returns the rows of a series that is pending.
  const Rows& RowsOf(const SeriesLabels& labels) const { return pending_.at(labels).rows; }

  // Records that the view with this number shows all series that are pending. Numbers grow.
  void RecordView(uint64_t version);
  // Returns the pending series that the view with this number, or an earlier one, has shown.
  std::vector<SeriesLabels> ShownBy(uint64_t version) const;

 private:
  struct Pending {
    uint64_t shown_first_by = 0;  // the number of a view; 0: none yet
    Rows rows;
  };
  std::map<SeriesLabels, Pending> pending_;
};

}  // namespace xplenty
