#include "app/metrics_page.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "exposition/join.h"

namespace xplenty {

std::optional<double> MetricsPage::created() const {
  if (!options_.created_timestamps) return std::nullopt;
  return process_.start_time_seconds();
}

std::shared_ptr<const SegmentRun> MetricsPage::Join(const Parts& accounts, Format format) const {
  const MutexLock lock(mutex_);
  Joined& joined = joined_.at(static_cast<size_t>(format));
  if (joined.run && joined.accounts == accounts) return joined.run;
  Segments segments;
  for (size_t group = 0; group < AccountPage::kGroups; ++group) {
    std::vector<const RenderedFamilies*> sources;
    for (const auto& account : accounts) {
      for (const auto& snapshot : account->groups.at(group)) {
        sources.push_back(&snapshot->In(format));
      }
    }
    AppendJoined(sources, format, segments);
  }
  joined = {.accounts = accounts, .run = std::make_shared<const SegmentRun>(std::move(segments))};
  return joined.run;
}

SegmentRun MetricsPage::RenderProgram(Format format, Program program) const {
  std::vector<MetricFamily> families;
  if (program != Program::kNone) families = CollectSorted(registry_);
  if (program == Program::kAll) {
    std::ranges::move(process_.Collect(), std::back_inserter(families));
  }
  if (const auto start = created()) SetCreated(families, *start);
  return SegmentRun(
      {std::make_shared<const Segment>(RenderWhole(families, format), Segment::Use::kOnce)});
}

Rope MetricsPage::Render(const Parts& accounts, Format format, Coding coding,
                         Program program) const {
  const std::shared_ptr<const SegmentRun> joined = Join(accounts, format);
  const SegmentRun own = RenderProgram(format, program);
  return coding == Coding::kGzip ? JoinGzip({joined.get(), &own}) : JoinText({joined.get(), &own});
}

}  // namespace xplenty
