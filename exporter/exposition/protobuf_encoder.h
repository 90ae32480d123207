#pragma once

#include <string>

#include "exposition/metric_family.h"

namespace xplenty {

// Appends one family as io.prometheus.client.MetricFamily of client_model, its length before it as
// a varint ("delimited"). A family without metrics leaves `out` as it is. A counter's name ends in
// `_total`. Written by hand: the messages are nine, of four wire types, and libprotobuf with its
// generated code would be the largest dependency of all.
void AppendProtobuf(const MetricFamily& family, std::string& out);

}  // namespace xplenty
