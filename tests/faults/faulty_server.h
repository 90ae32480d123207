#pragma once

#include <string>

#include "faults/fault_jobs.h"
#include "faults/fault_table.h"

namespace xplenty {

// An API that can have each fault of the table.
class FaultyServer {
 public:
  explicit FaultyServer(const Clock& clock) : api(clock) {}

  std::string Url() const { return server_.Url(); }

  // The fault begins after the next `good_responses` responses. A fault of a row is in the tested
  // job.
  void Begin(const Fault& fault, int good_responses) {
    if (fault.kind == Fault::Kind::kWrongRow) {
      api.Put(TestedJob(), fault.edits);
    } else if (fault.spoil) {
      api.Break(fault.spoil, good_responses, fault.shows);
    } else if (good_responses > 0) {
      api.LeaveAfter(good_responses);
    } else {
      server_.Leave();
    }
  }

  void End(const Fault& fault) {
    if (fault.kind == Fault::Kind::kWrongRow) {
      api.Put(TestedJob());  // with the same update time
      return;
    }
    api.Repair();
    if (!fault.spoil) server_.Return();
  }

  FaultApi api;

 private:
  ScriptedServer server_{api};
};

}  // namespace xplenty
