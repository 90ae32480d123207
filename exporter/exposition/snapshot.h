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

// Families that do not change, in the formats that are asked for: each is rendered on its first
// demand, by one thread while others wait for it, and then kept. Safe from any thread.
class Snapshot {
 public:
  using Collect = std::function<std::vector<MetricFamily>()>;

  // `collect` is called once for each format at most, and must yield the same each time.
  explicit Snapshot(Collect collect) : collect_(std::move(collect)) {}

  const std::shared_ptr<const Segment>& In(Format format) const;

 private:
  struct Rendered {
    std::once_flag once;
    std::shared_ptr<const Segment> segment;
  };

  const Collect collect_;
  mutable std::array<Rendered, kFormatCount> rendered_;
};

// All of them, in their order, without what ends an exposition.
std::string Encode(const std::vector<MetricFamily>& families, Format format);

// What must follow the last family.
std::string_view EndOf(Format format);

}  // namespace xplenty
