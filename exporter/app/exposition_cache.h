#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <prometheus/registry.h>

#include "app/exposition_source.h"
#include "base/mutex.h"
#include "base/response_body.h"
#include "collector/process_families.h"
#include "exposition/format.h"
#include "exposition/joined_body.h"

namespace xplenty {

struct ExpositionOptions {
  bool created_timestamps = false;
  // Grows with each change of a metric of the registry, after it. The default: none changes.
  std::function<uint64_t()> registry_changes = [] { return uint64_t{0}; };
};

// Renders the exposition: accounts, the registry of the program and process_*. Keeps the last body
// of each format and coding, except for process_*, which each scrape reads. While nothing else has
// changed, rendering copies pointers only; after a change, the cost is that of what has changed and
// of joining pointers to the rest. Safe from any thread.
class ExpositionCache {
 public:
  // `registry` must outlive this.
  explicit ExpositionCache(const prometheus::Registry& registry, ExpositionOptions options = {});

  using Sources = std::vector<std::shared_ptr<const SourceFamilies>>;
  enum class Program {
    kNone,            // the accounts alone
    kWithoutProcess,  // the registry too
    kAll,             // and process_*
  };
  ResponseBody Render(Sources accounts, Format format, Coding coding, Program program);

  // Returns the Unix time at which the program started, since which its counters count; empty if it
  // is not exposed.
  std::optional<double> created() const;

 private:
  std::shared_ptr<const JoinedBody> Join(const Sources& sources, Format format, Coding coding);

  const bool created_timestamps_;
  const ProcessCollector process_;
  ExpositionSource program_;
  Mutex mutex_;
  Sources sources_ GUARDED_BY(mutex_);  // of all bodies
  std::map<std::pair<Format, Coding>, std::shared_ptr<const JoinedBody>> bodies_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
