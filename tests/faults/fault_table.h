#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "faults/fault_api.h"

namespace xplenty {

// One way in which a response can be broken, and what must result from it. No counter may ever lose
// a value with any fault, so there is no field for that.
struct Fault {
  enum class Kind {
    kLostPage,    // there is no usable page: the refresh fails, and nothing of the response is
                  // applied
    kUsablePage,  // the page is unusual but usable
    kWrongRow,    // one job of a good page is wrong: all others are counted
  };

  std::string name;
  Kind kind{};

  // The fields of a fault of a page. Without `spoil` the connection is refused.
  Spoil spoil{};
  std::string reason{};   // the label of xplenty_exporter_refresh_errors_total
  std::string code{};     // the label of xplenty_api_requests_total
  int attempts{};         // requests with that code
  std::string warning{};  // a part of the logged warning
  Shows shows{};
  bool slow{};           // whether a real timeout has to pass
  bool waits_an_hour{};  // whether the exporter sends no request for an hour

  // The fields of a fault of a row.
  Edits edits{};
  std::string anomaly{};  // the label of xplenty_exporter_job_anomalies_total; "": no anomaly
  // Changes the true job to the job that is counted. If it is null, the job is not counted as long
  // as its row is wrong.
  std::function<void(Job&)> counted_as{};

  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
};

const std::vector<Fault>& FaultTable();

}  // namespace xplenty
