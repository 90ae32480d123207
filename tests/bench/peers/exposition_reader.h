#pragma once

#include <istream>
#include <map>
#include <string>
#include <vector>

namespace xplenty::bench {

// A family of a text exposition (0.0.4), limited to what the exporter writes: counters, gauges and
// histograms without timestamps.
struct ReadFamily {
  struct Bucket {
    double bound{};
    double cumulative{};
  };
  struct Metric {
    std::map<std::string, std::string> labels{};
    double value{};                 // for a counter or gauge
    double sum{};                   // for a histogram
    std::vector<Bucket> buckets{};  // ascending, the last is +Inf
  };
  std::string name{};
  std::string help{};
  std::string type{};
  std::vector<Metric> metrics{};
};

// Parses an exposition. Throws std::runtime_error on what it does not understand.
std::vector<ReadFamily> ReadExposition(std::istream& text);

}  // namespace xplenty::bench
