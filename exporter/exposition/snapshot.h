#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exposition/format.h"
#include "exposition/metric_family.h"
#include "exposition/segment.h"

namespace xplenty {

// A family of one source in one format: what is said of it, and its samples. One without samples
// has neither; it keeps the place of others' samples.
struct RenderedFamily {
  std::string name;
  std::string header{};
  std::shared_ptr<const Segment> samples{};
};
using RenderedFamilies = std::vector<RenderedFamily>;

// What must follow the last family.
std::string_view EndOf(Format format);

// All of it at one go.
std::string RenderWhole(const std::vector<MetricFamily>& families, Format format);

// In their order.
RenderedFamilies Render(const std::vector<MetricFamily>& families, Format format);

// Families of one source that do not change, in the formats that are asked for: each is rendered on
// its first demand, by one thread while others wait for it, and then kept. Safe from any thread.
class Snapshot {
 public:
  using Collect = std::function<std::vector<MetricFamily>()>;

  // `collect` is called once for each format at most, and must yield the same each time.
  explicit Snapshot(Collect collect) : collect_(std::move(collect)) {}

  const RenderedFamilies& In(Format format) const;

 private:
  struct Rendered {
    std::once_flag once;
    RenderedFamilies families;
  };

  const Collect collect_;
  mutable std::array<Rendered, kFormatCount> rendered_;
};

}  // namespace xplenty
