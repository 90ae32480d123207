#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "faults/fault_api.h"

namespace xplenty {

// One way in which an answer can be broken, and what must come of it. Counters never lose a value,
// whatever the fault; that goes without a column.
struct Fault {
  enum class Kind {
    kLostPage,  // no page can be had: the refresh fails, nothing of the answer is applied
    kOddPage,   // a page all the same
    kOddRow,    // of a good page one job is odd: all others are counted
  };

  std::string name;
  Kind kind{};

  // A page's. Without `spoil` the connection is refused.
  Spoil spoil{};
  std::string reason{};  // of xplenty_exporter_refresh_errors_total
  std::string code{};    // of xplenty_api_requests_total
  int attempts{};        // of that code
  std::string says{};    // the warning holds it
  Shows shows{};
  bool slow{};           // a real timeout has to pass
  bool waits_an_hour{};  // no request is sent before

  // A row's.
  Edits edits{};
  std::string anomaly{};  // reason in xplenty_exporter_job_anomalies_total; "": none
  // What the job counts as, made from what it truly is; null: it is not counted as long as its row
  // is odd.
  std::function<void(Job&)> seen{};

  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
};

const std::vector<Fault>& FaultTable();

}  // namespace xplenty
