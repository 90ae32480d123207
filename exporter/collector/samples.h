#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/client_metric.h>

#include "base/timestamp.h"
#include "exposition/metric_family.h"
#include "model/account_view.h"

namespace xplenty {

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Return the labels of a series, a package and an account, named and left out as the header's
// scheme says.
Labels SeriesLabelsOf(const ViewHeader& header, const std::string& package,
                      const std::string& cluster);
Labels PackageLabels(const ViewHeader& header, const std::string& package);
Labels AccountLabels(const ViewHeader& header);

// Returns the labels with one more behind them.
Labels With(Labels labels, std::string name, std::string value);

// A label that splits a family into several samples of one subject, and the values that it has.
struct LabelValues {
  std::string_view label;
  std::vector<std::string_view> values;
};

// Return the label `status` with the values of kAllStatuses, and of kFinishedStatuses.
const LabelValues& ByStatus();
const LabelValues& ByFinishedStatus();

// A sample without its labels; nothing if there is none to show.
using Sample = std::optional<Metric>;

// Return a sample of the type and value; nothing without a value. A time becomes Unix time in
// seconds. A histogram has the exemplars of its buckets.
Sample Gauge(std::optional<double> value);
Sample Gauge(std::optional<Timestamp> value);
Sample Counter(uint64_t value);
Sample HistogramSample(const Histogram& histogram);

// Returns the latest exemplar of all buckets: {job_id="157"}, the job's seconds and its finish.
std::optional<Exemplar> LatestExemplar(const Histogram& histogram);

}  // namespace xplenty
