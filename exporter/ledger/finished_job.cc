#include "ledger/finished_job.h"

#include "model/job.h"

namespace xplenty {

int64_t TotalRecords(const FinishedJob& job) {
  int64_t total = 0;
  for (const OutputRecords& output : job.outputs) total = SaturatingSum(total, output.records);
  return total;
}

}  // namespace xplenty
