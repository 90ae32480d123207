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
#include "simulator/life.h"
#include "simulator/list_query.h"

namespace xplenty::simulator {

struct Job {
  int64_t id = 0;
  // What lists are filtered and sorted by.
  std::string status;
  Timestamp created_at{};
  Timestamp updated_at{};

  Plan plan;
  // Set by the first Upsert(): the life leaves the job alone from here on.
  std::optional<Timestamp> frozen_at;
  std::shared_ptr<const nlohmann::json> posted;  // fields to emit as they were given
  std::vector<std::string> omit;
  std::optional<std::string> raw;  // emitted instead of the row
};

// What faults do to a list.
struct ListView {
  std::optional<Timestamp> visible_until;
  std::optional<uint64_t> shuffle_ties;  // the order of ties follows from this number
};

// All jobs of the account, with the indexes that keep a page cheap among 100,000 of them.
// Not safe from several threads; the simulator's mutex guards it.
class JobStore {
 public:
  // Lives through the 24 hours before `now`.
  JobStore(const LifeOptions& options, Timestamp now);

  // The life goes on until `time`; going back changes nothing.
  void Advance(Timestamp time);
  Timestamp lived_until() const { return lived_until_; }

  // Throws nlohmann::json::exception when `partial` is not an object with an integer id.
  int64_t Upsert(const nlohmann::json& partial, Timestamp now);
  bool Remove(int64_t id);

  // From the query's offset on, at most limit + 1 jobs: the last one tells that there is more.
  std::vector<const Job*> List(const ListQuery& query, const ListView& view) const;

  // A finished job updated at or after `since`, picked by `random`; its finish does not depend on
  // updated_at. Nothing if none is near.
  const Job* PickFinished(Timestamp since, uint64_t random) const;

  const std::map<int64_t, Job>& jobs() const { return jobs_; }
  const Life& life() const { return life_; }

 private:
  using Index = std::set<std::pair<Timestamp, int64_t>>;  // (updated_at, id)
  struct Event {
    Timestamp at{};
    int64_t id = 0;
    size_t step = 0;
    friend auto operator<=>(const Event&, const Event&) = default;
  };

  void Arrive();
  void Apply(const Event& event);
  void Link(const Job& job);
  void Unlink(const Job& job);

  Life life_;
  double next_arrival_ = 0;  // Unix time; infinite when no jobs arrive
  uint64_t arrivals_ = 0;
  int64_t next_id_;
  Timestamp lived_until_;
  std::map<int64_t, Job> jobs_;
  Index by_update_;
  std::map<std::string, Index> by_status_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

}  // namespace xplenty::simulator
