#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/client_metric.h>

#include "base/timestamp.h"
#include "exposition/metric_family.h"
#include "model/account_view.h"
#include "model/job_status.h"

namespace xplenty {

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Building blocks of the family tables. Labels are named and left out as the scheme says.
Labels AccountLabels(const ViewFrame& frame);
Labels SeriesLabelsOf(const ViewFrame& frame, const std::string& package,
                      const std::string& cluster);
Labels PackageLabels(const ViewFrame& frame, const std::string& package);
Labels With(Labels labels, std::string name, std::string value);
Labels WithStatus(Labels labels, JobStatus status);

Metric Gauge(Labels labels, double value);
Metric Gauge(Labels labels, Timestamp time);
Metric Counter(Labels labels, uint64_t value);
// With the exemplars of its buckets.
Metric HistogramSample(Labels labels, const Histogram& histogram);

// {job_id="157"}, its seconds and its finish.
Exemplar ExemplarOf(const JobExemplar& job);
// Of the latest job that any bucket shows.
std::optional<Exemplar> LatestExemplar(const Histogram& histogram);

}  // namespace xplenty
