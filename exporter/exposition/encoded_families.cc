#include "exposition/encoded_families.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <string_view>

#include "exposition/protobuf_encoder.h"
#include "exposition/text_encoder.h"

namespace xplenty {
namespace {

void Append(const MetricFamily& family, Format format, std::string& header, std::string& samples) {
  switch (format) {
    case Format::kText:
      AppendTextHeader(family, header);
      return AppendTextSamples(family, samples);
    case Format::kOpenMetrics:
      AppendOpenMetricsHeader(family, header);
      return AppendOpenMetricsSamples(family, samples);
    case Format::kProtobuf:
      AppendProtobufHeader(family, header);
      return AppendProtobufMetrics(family, samples);
  }
}

EncodedFamily Encode(const MetricFamily& family, Format format) {
  EncodedFamily encoded{.name = family.name};
  if (family.metric.empty()) return encoded;
  std::string samples;
  Append(family, format, encoded.header, samples);
  samples.shrink_to_fit();
  encoded.samples = std::make_shared<const EncodedBlock>(std::move(samples));
  return encoded;
}

// A family of all sources.
struct JoinedFamily {
  std::string_view name;
  const std::string* header = nullptr;  // null while no source has samples
  EncodedBlocks samples{};
};

// Returns what stands before the samples.
std::string Opening(const JoinedFamily& family, Format format) {
  if (format != Format::kProtobuf) return *family.header;
  size_t bytes = family.header->size();
  for (const auto& samples : family.samples) bytes += samples->text().size();
  return ProtobufDelimiter(bytes) + *family.header;
}

}  // namespace

const std::vector<EncodedFamily>& EncodedFamilies::In(Format format) const {
  Encoded& encoded = encoded_.at(static_cast<size_t>(format));
  std::call_once(encoded.once, [&] {
    for (const MetricFamily& family : collect_()) {
      encoded.families.push_back(Encode(family, format));
    }
  });
  return encoded.families;
}

EncodedBlocks JoinFamilies(const EncodedSources& sources, Format format) {
  std::list<JoinedFamily> families;
  std::map<std::string_view, std::list<JoinedFamily>::iterator> by_name;
  for (const auto& source : sources) {
    auto next = families.end();  // where a new family goes; where a known one is, most often
    for (const EncodedFamily& family : source->In(format)) {
      auto place = next;
      if (next == families.end() || next->name != family.name) {
        const auto known = by_name.find(family.name);
        place =
            known != by_name.end() ? known->second : families.insert(next, {.name = family.name});
        by_name.emplace(family.name, place);
      }
      if (family.samples) {
        if (place->header == nullptr) place->header = &family.header;
        place->samples.push_back(family.samples);
      }
      next = std::next(place);
    }
  }
  EncodedBlocks blocks;
  for (JoinedFamily& family : families) {
    if (family.header == nullptr) continue;
    blocks.push_back(std::make_shared<const EncodedBlock>(Opening(family, format)));
    std::ranges::move(family.samples, std::back_inserter(blocks));
  }
  return blocks;
}

std::string EncodeWhole(const std::vector<MetricFamily>& families, Format format) {
  std::string whole;
  for (const MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    std::string header;
    std::string samples;
    Append(family, format, header, samples);
    if (format == Format::kProtobuf) whole += ProtobufDelimiter(header.size() + samples.size());
    whole += header;
    whole += samples;
  }
  if (format == Format::kOpenMetrics) whole += kOpenMetricsEnd;
  return whole;
}

}  // namespace xplenty
