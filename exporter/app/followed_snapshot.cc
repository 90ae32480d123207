#include "app/followed_snapshot.h"

namespace xplenty {

void SetCreated(std::vector<MetricFamily>& families, double created) {
  for (MetricFamily& family : families) {
    const bool counts = family.type == prometheus::MetricType::Counter ||
                        family.type == prometheus::MetricType::Histogram;
    if (!counts) continue;
    for (Metric& metric : family.metric) metric.created = created;
  }
}

}  // namespace xplenty
