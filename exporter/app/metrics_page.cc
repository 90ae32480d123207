#include "app/metrics_page.h"

#include <utility>

#include "exposition/join.h"

namespace xplenty {

std::optional<double> MetricsPage::created() const {
  if (!options_.created_timestamps) return std::nullopt;
  return process_.start_time_seconds();
}

std::shared_ptr<const SegmentRun> MetricsPage::Join(const Parts& accounts, Format format,
                                                    Program program) const {
  const MutexLock lock(mutex_);
  std::shared_ptr<const Snapshot> registry;
  if (program != Program::kNone) {
    const uint64_t changes = options_.registry_changes ? options_.registry_changes() : 0;
    registry =
        registry_snapshot_.Follow(changes, created(), [this] { return CollectSorted(registry_); });
  }
  Joined& joined = joined_.at(static_cast<size_t>(format));
  if (joined.run && joined.accounts == accounts && joined.registry == registry) return joined.run;
  // A format that nobody asks for any more must not keep what it once showed.
  for (Joined& each : joined_) {
    if (each.accounts != accounts) each = {};
  }
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
  if (registry) {
    const RenderedFamilies* const source = &registry->In(format);
    AppendJoined({&source, 1}, format, segments);
  }
  joined = {.accounts = accounts,
            .registry = registry,
            .run = std::make_shared<const SegmentRun>(std::move(segments))};
  return joined.run;
}

// And what ends it all.
std::string MetricsPage::RenderProcess(Format format, Program program) const {
  std::vector<MetricFamily> families;
  if (program == Program::kAll) families = process_.Collect();
  if (const auto start = created()) SetCreated(families, *start);
  return RenderWhole(families, format);
}

Rope MetricsPage::Render(const Parts& accounts, Format format, Coding coding,
                         Program program) const {
  const std::shared_ptr<const SegmentRun> joined = Join(accounts, format, program);
  std::string process = RenderProcess(format, program);
  return coding == Coding::kGzip ? joined->Gzip(std::move(process))
                                 : joined->Text(std::move(process));
}

}  // namespace xplenty
