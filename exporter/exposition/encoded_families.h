#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "exposition/encoded_block.h"
#include "exposition/format.h"
#include "exposition/metric_family.h"

namespace xplenty {

// A family of one source in one format. A family without samples has neither header nor samples;
// it says where the samples of other sources go.
struct EncodedFamily {
  std::string name;
  std::string header{};  // HELP, TYPE and UNIT
  std::shared_ptr<const EncodedBlock> samples{};
};

// The families of one source that does not change: one block of a view, or the exporter's own
// metrics at one moment. They are encoded on first demand, once for each format, by one thread
// while others wait for it, and then kept. Safe from any thread.
class EncodedFamilies {
 public:
  using Collect = std::function<std::vector<MetricFamily>()>;

  // `collect` is called once for each format at most, and must return the same each time.
  explicit EncodedFamilies(Collect collect) : collect_(std::move(collect)) {}

  const std::vector<EncodedFamily>& In(Format format) const;

 private:
  struct Encoded {
    std::once_flag once;
    std::vector<EncodedFamily> families;
  };

  const Collect collect_;
  mutable std::array<Encoded, kFormatCount> encoded_;
};

// The families of several sources. None is null.
using EncodedSources = std::vector<std::shared_ptr<const EncodedFamilies>>;

// Puts the families of all sources together. Families of one name become one, as all formats ask:
// the header of the first source that has samples of it, then the samples of all, in the order of
// the sources. A family stands where the first source that names it puts it: behind the family that
// precedes it there, or at the end if none does. Copies no text; the cost depends on the number of
// families and sources.
EncodedBlocks JoinFamilies(const EncodedSources& sources, Format format);

// Encodes families that are served once, with what must end an exposition of that format.
std::string EncodeWhole(const std::vector<MetricFamily>& families, Format format);

}  // namespace xplenty
