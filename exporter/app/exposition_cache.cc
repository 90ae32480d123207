#include "app/exposition_cache.h"

#include "app/exporter_metrics.h"

namespace xplenty {

ExpositionCache::ExpositionCache(const prometheus::Registry& registry, ExpositionOptions options)
    : created_timestamps_(options.created_timestamps),
      program_({.collect = [&registry] { return CollectSorted(registry); },
                .changes = std::move(options.registry_changes),
                .created = created()}) {}

std::optional<double> ExpositionCache::created() const {
  if (!created_timestamps_) return std::nullopt;
  return process_.start_time_seconds();
}

ResponseBody ExpositionCache::Render(Sources accounts, Format format, Coding coding,
                                     Program program) {
  if (program != Program::kNone) accounts.push_back(program_.Latest());
  std::vector<MetricFamily> process;
  if (program == Program::kAll) process = process_.Collect();
  if (const auto start = created()) SetCreated(process, *start);
  return Join(accounts, format, coding)->With(EncodeWhole(process, format));
}

std::shared_ptr<const JoinedBody> ExpositionCache::Join(const Sources& sources, Format format,
                                                        Coding coding) {
  {
    const MutexLock lock(mutex_);
    const auto kept = bodies_.find({format, coding});
    if (sources_ == sources && kept != bodies_.end()) return kept->second;
  }
  // Without the lock, so that no other scrape waits for it.
  EncodedSources families;
  for (const auto& source : sources) {
    families.insert(families.end(), source->of_view.begin(), source->of_view.end());
    families.push_back(source->own_metrics);
  }
  const auto body = std::make_shared<const JoinedBody>(JoinFamilies(families, format), coding);
  const MutexLock lock(mutex_);
  if (sources_ != sources) {
    sources_ = sources;
    bodies_.clear();  // a format that nobody asks for any more must not keep old samples
  }
  bodies_[{format, coding}] = body;
  return body;
}

}  // namespace xplenty
