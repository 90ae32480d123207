#include "api/request_stats.h"

namespace xplenty {

void RequestStats::OnRequest(int http_status, std::chrono::duration<double> took) {
  ++requests_sent_;
  budget_.RecordRequest(clock_.Steady());
  next_.OnRequest(http_status, took);
}

void RequestStats::OnRateLimit(const RateLimit& rate_limit) {
  budget_.Update(rate_limit, clock_.Steady());
  next_.OnRateLimit(rate_limit);
}

}  // namespace xplenty
