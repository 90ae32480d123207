#pragma once

#include <cstddef>
#include <string>

#include "exposition/metric_family.h"

namespace xplenty {

// One family as io.prometheus.client.MetricFamily of client_model, in parts: the fields that tell
// of it, then its metrics; both nothing for one without metrics. A counter's name ends in `_total`.
// Written by hand: the messages are nine, of four wire types, and libprotobuf with its generated
// code would be the largest dependency of all.
void AppendProtobufHeader(const MetricFamily& family, std::string& out);
void AppendProtobufMetrics(const MetricFamily& family, std::string& out);

// What comes before the two: their length as a varint ("delimited").
std::string ProtobufDelimiter(size_t bytes);

}  // namespace xplenty
