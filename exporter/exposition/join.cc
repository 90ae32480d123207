#include "exposition/join.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "exposition/protobuf_encoder.h"

namespace xplenty {
namespace {

struct Joined {
  std::string_view name;
  const std::string* header = nullptr;  // null: no source has samples so far
  Segments samples{};
};

std::shared_ptr<const Segment> Opening(const Joined& family, Format format) {
  if (format != Format::kProtobuf) return std::make_shared<const Segment>(*family.header);
  size_t bytes = family.header->size();
  for (const auto& samples : family.samples) bytes += samples->text().size();
  return std::make_shared<const Segment>(ProtobufDelimiter(bytes) + *family.header);
}

}  // namespace

void AppendJoined(std::span<const RenderedFamilies* const> sources, Format format,
                  Segments& segments) {
  std::list<Joined> families;
  std::map<std::string_view, std::list<Joined>::iterator> by_name;
  for (const RenderedFamilies* source : sources) {
    auto next = families.begin();  // where a family goes that no source before has
    for (const RenderedFamily& family : *source) {
      auto place = next;  // where most sources have it, as they are alike
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
  for (Joined& family : families) {
    if (family.header == nullptr) continue;
    segments.push_back(Opening(family, format));
    std::ranges::move(family.samples, std::back_inserter(segments));
  }
}

}  // namespace xplenty
