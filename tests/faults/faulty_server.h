#pragma once

#include <string>

#include "faults/fault_jobs.h"
#include "faults/fault_table.h"

namespace xplenty {

// An API that can be struck by each fault of the table.
class FaultyServer {
 public:
  explicit FaultyServer(const Clock& clock) : api(clock) {}

  std::string Url() const { return server_.Url(); }

  // After so many right answers more. The odd row is the one of the job on trial.
  void Begin(const Fault& fault, int right_answers) {
    if (fault.kind == Fault::Kind::kOddRow) {
      api.Put(JobOnTrial(), fault.edits);
    } else if (fault.spoil) {
      api.Break(fault.spoil, right_answers, fault.shows);
    } else if (right_answers > 0) {
      api.LeaveAfter(right_answers);
    } else {
      server_.Leave();
    }
  }

  void End(const Fault& fault) {
    if (fault.kind == Fault::Kind::kOddRow) {
      api.Put(JobOnTrial());  // its update time does not move
      return;
    }
    api.Mend();
    if (!fault.spoil) server_.Return();
  }

  FaultApi api;

 private:
  ScriptedServer server_{api};
};

}  // namespace xplenty
