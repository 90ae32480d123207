#include "bench/peers/exposition_reader.h"

#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace xplenty::bench {
namespace {

struct Sample {
  std::string name{};
  std::map<std::string, std::string> labels{};
  double value{};
};

// Reads `name="value"` at `at` and moves `at` behind it.
std::pair<std::string, std::string> ReadLabel(const std::string& line, size_t& at) {
  const size_t equals = line.find('=', at);
  if (equals == std::string::npos || equals + 1 >= line.size() || line[equals + 1] != '"') {
    throw std::runtime_error("no label: " + line);
  }
  std::pair<std::string, std::string> label(line.substr(at, equals - at), "");
  for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
    char c = line[at];
    if (c == '\\' && at + 1 < line.size()) {
      ++at;
      c = line[at] == 'n' ? '\n' : line[at];
    }
    label.second += c;
  }
  ++at;
  return label;
}

Sample ReadSample(const std::string& line) {
  Sample sample;
  size_t at = line.find_first_of("{ ");
  if (at == std::string::npos) throw std::runtime_error("no sample: " + line);
  sample.name = line.substr(0, at);
  if (line[at] == '{') {
    ++at;
    while (at < line.size() && line[at] != '}') {
      sample.labels.insert(ReadLabel(line, at));
      if (at < line.size() && line[at] == ',') ++at;
    }
    ++at;
  }
  sample.value = std::stod(line.substr(at));
  return sample;
}

// Returns whether a new metric begins with this sample: a histogram has a sample for each bucket.
bool BeginsMetric(const ReadFamily& family, const std::map<std::string, std::string>& labels) {
  return family.metrics.empty() || family.metrics.back().labels != labels;
}

void AddToHistogram(ReadFamily& family, Sample sample) {
  const std::string_view suffix = std::string_view(sample.name).substr(family.name.size());
  double bound = 0;
  if (suffix == "_bucket") {
    bound = std::stod(sample.labels.at("le"));
    sample.labels.erase("le");
  }
  if (BeginsMetric(family, sample.labels)) family.metrics.push_back({.labels = sample.labels});
  ReadFamily::Metric& metric = family.metrics.back();
  if (suffix == "_bucket") metric.buckets.push_back({bound, sample.value});
  if (suffix == "_sum") metric.sum = sample.value;
}

}  // namespace

std::vector<ReadFamily> ReadExposition(std::istream& text) {
  std::vector<ReadFamily> families;
  const auto of = [&families](const std::string& name) -> ReadFamily& {
    if (families.empty() || families.back().name != name) families.push_back({.name = name});
    return families.back();
  };
  for (std::string line; std::getline(text, line);) {
    if (line.empty()) continue;
    const bool help = line.starts_with("# HELP ");
    if (help || line.starts_with("# TYPE ")) {
      const size_t blank = line.find(' ', 7);
      ReadFamily& family = of(line.substr(7, blank - 7));
      (help ? family.help : family.type) = line.substr(blank + 1);
      continue;
    }
    if (families.empty() || line.starts_with('#')) throw std::runtime_error("unexpected: " + line);
    Sample sample = ReadSample(line);
    if (families.back().type == "histogram") {
      AddToHistogram(families.back(), std::move(sample));
    } else {
      families.back().metrics.push_back(
          {.labels = std::move(sample.labels), .value = sample.value});
    }
  }
  return families;
}

}  // namespace xplenty::bench
