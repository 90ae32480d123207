#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger/ledger.h"

namespace xplenty {

// What a page comes to, before any of it is done.
struct Ledger::Plan {
  struct Finished {
    Pair pair;
    std::optional<FinishedJob> before;
    FinishedJob after;
  };
  struct Shown {
    SeriesLabels labels;
    Timestamp time;
    bool hold{};
  };

  Timestamp server_time;
  Changes changes;
  std::vector<Finished> finished;
  std::map<int64_t, FinishedJob> records;                       // by job, as they will be
  std::map<int64_t, std::optional<std::pair<Job, bool>>> live;  // none: gone; bool: overflow
  std::map<Pair, int64_t> pairs;                                // new ones
  std::vector<Shown> shown;                                     // series that become known
  std::set<SeriesLabels> shown_labels;
  std::set<Anomaly> anomalies;
  std::map<std::string, PackageHistory> histories;  // told anew, by package
  std::map<SeriesLabels, JobCounters> exemplars;    // likewise, by series; nothing else of them
};

}  // namespace xplenty
