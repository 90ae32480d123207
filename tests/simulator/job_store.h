#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/timestamp.h"
#include "simulator/list_query.h"
#include "simulator/workload.h"

namespace xplenty::simulator {

struct Job {
  int64_t id = 0;
  // These fields are what lists are filtered and sorted by.
  std::string status;
  Timestamp created_at{};
  Timestamp updated_at{};

  Plan plan;
  // Set by the first Upsert(); from then on the workload does not change the job.
  std::optional<Timestamp> frozen_at;
  std::shared_ptr<const nlohmann::json> posted;  // fields that replace the row's
  std::vector<std::string> omit;
  std::optional<std::string> raw;  // the text that replaces the row
};

// The changes that faults make to a list.
struct ListView {
  std::optional<Timestamp> visible_until;
  std::optional<uint64_t> shuffle_ties;  // the seed of the order of ties
};

// All jobs of an account, with the indexes that make a page of 100,000 jobs cheap. Not thread-safe;
// the simulator's mutex guards it.
class JobStore {
 public:
  // Creates the jobs of the 24 hours before `now`.
  JobStore(const WorkloadOptions& options, Timestamp now);

  // Continues the workload until `time`; an earlier time changes nothing.
  void Advance(Timestamp time);
  Timestamp lived_until() const { return simulated_until_; }

  // Throws nlohmann::json::exception if `partial` is not an object with an integer id.
  int64_t Upsert(const nlohmann::json& partial, Timestamp now);
  bool Remove(int64_t id);

  // The jobs from the query's offset on, at most limit + 1; the last one shows that there are more.
  std::vector<const Job*> List(const ListQuery& query, const ListView& view) const;

  // Picks a finished job that was updated at or after `since`, by `random`; its finish does not
  // depend on updated_at. Null if there is none nearby.
  const Job* PickFinished(Timestamp since, uint64_t random) const;

  const std::map<int64_t, Job>& jobs() const { return jobs_; }
  const Workload& workload() const { return workload_; }

 private:
  using Index = std::set<std::pair<Timestamp, int64_t>>;  // (updated_at, id)
  struct Event {
    Timestamp at{};
    int64_t id = 0;
    size_t step = 0;
    friend auto operator<=>(const Event&, const Event&) = default;
  };

  void Begin();
  void Apply(const Event& event);
  void Link(const Job& job);
  void Unlink(const Job& job);

  Workload workload_;
  double next_arrival_ = 0;  // Unix time; infinite if no jobs arrive
  uint64_t arrivals_ = 0;
  int64_t next_id_;
  Timestamp simulated_until_;
  std::map<int64_t, Job> jobs_;
  Index by_update_;
  std::map<std::string, Index> by_status_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

}  // namespace xplenty::simulator
