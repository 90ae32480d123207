#include "simulator/job_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <nlohmann/json.hpp>

#include "simulator/random.h"

namespace xplenty::simulator {
namespace {

using nlohmann::json;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

std::optional<Timestamp> TimeIn(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return ParseIso8601(found->get_ref<const std::string&>());
}

std::optional<int64_t> IntegerIn(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

// Returns "package_id", or else the id inside "package"; nothing if both are absent.
std::optional<int64_t> ReferredId(const json& partial, const char* id_key, const char* object_key) {
  if (partial.contains(id_key)) return IntegerIn(partial, id_key).value_or(0);
  const auto nested = partial.find(object_key);
  if (nested == partial.end() || !nested->is_object()) return std::nullopt;
  return IntegerIn(*nested, "id");
}

}  // namespace

JobStore::JobStore(const WorkloadOptions& options, Timestamp now)
    : workload_(options, now - std::chrono::hours(24)),
      next_id_(options.first_job_id),
      simulated_until_(now - std::chrono::hours(24)) {
  next_arrival_ = options.jobs > 0
                      ? static_cast<double>(ToUnix(simulated_until_)) + workload_.Gap(0)
                      : std::numeric_limits<double>::infinity();
  Advance(now);
}

void JobStore::Advance(Timestamp time) {
  // Arrivals and events are handled in the order of time, so that ids do not depend on the steps of
  // the clock.
  while (true) {
    const bool event = !events_.empty() && events_.top().at <= time;
    const bool arrival = next_arrival_ <= static_cast<double>(ToUnix(time));
    if (!event && !arrival) break;
    if (event && (!arrival || static_cast<double>(ToUnix(events_.top().at)) <= next_arrival_)) {
      const Event next = events_.top();
      events_.pop();
      Apply(next);
    } else {
      Begin();
    }
  }
  simulated_until_ = std::max(simulated_until_, time);
}

void JobStore::Begin() {
  const Timestamp created = FromUnix(static_cast<int64_t>(std::floor(next_arrival_)));
  Job job;
  job.id = next_id_++;
  job.plan = workload_.PlanJob(arrivals_++, created);
  next_arrival_ += workload_.Gap(arrivals_);
  job.status = job.plan.steps.front().status;
  job.created_at = job.updated_at = created;
  for (size_t step = 1; step < job.plan.steps.size(); ++step) {
    events_.push({job.plan.steps[step].at, job.id, step});
  }
  Link(job);
  jobs_.emplace(job.id, std::move(job));
}

void JobStore::Apply(const Event& event) {
  const auto found = jobs_.find(event.id);
  if (found == jobs_.end() || found->second.frozen_at) return;
  Job& job = found->second;
  Unlink(job);
  job.status = job.plan.steps[event.step].status;
  job.updated_at = event.at;
  Link(job);
}

int64_t JobStore::Upsert(const json& partial, Timestamp now) {
  const int64_t id = partial.contains("id") ? partial.at("id").get<int64_t>() : next_id_;
  next_id_ = std::max(next_id_, id + 1);
  const auto [place, is_new] = jobs_.try_emplace(id);
  Job& job = place->second;
  if (is_new) {
    job.id = id;
    job.status = "idle";
    job.plan.created = job.created_at = job.updated_at = now;
    job.plan.package_id = Workload::kFirstPackage;
    job.plan.cluster_id = workload_.FirstCluster(now);
  } else {
    Unlink(job);
  }
  if (!job.frozen_at) job.frozen_at = simulated_until_;

  json posted = job.posted ? *job.posted : json::object();
  for (const auto& [key, value] : partial.items()) {
    if (key == "_omit") {
      job.omit = value.get<std::vector<std::string>>();
    } else if (key == "_raw") {
      job.raw = value.get<std::string>();
    } else {
      posted[key] = value;
    }
  }
  if (partial.contains("status")) {
    const json& status = partial["status"];
    job.status = status.is_string() ? status.get<std::string>() : "";
  }
  // A null or unreadable time does not move the row in the lists.
  job.created_at = TimeIn(partial, "created_at").value_or(job.created_at);
  job.updated_at = TimeIn(partial, "updated_at").value_or(job.updated_at);
  job.plan.package_id = ReferredId(partial, "package_id", "package").value_or(job.plan.package_id);
  job.plan.cluster_id = ReferredId(partial, "cluster_id", "cluster").value_or(job.plan.cluster_id);
  job.posted = std::make_shared<const json>(std::move(posted));
  Link(job);
  return id;
}

bool JobStore::Remove(int64_t id) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return false;
  Unlink(found->second);
  jobs_.erase(found);
  return true;
}

std::vector<const Job*> JobStore::List(const ListQuery& query, const ListView& view) const {
  std::vector<const Job*> page;
  const Index* index = &by_update_;
  if (query.status) {
    const auto found = by_status_.find(*query.status);
    if (found == by_status_.end()) return page;
    index = &found->second;
  }
  const auto begin = query.since ? index->lower_bound({*query.since, kLowest}) : index->begin();
  const auto end =
      view.visible_until ? index->upper_bound({*view.visible_until, kHighest}) : index->end();
  if (begin == index->end() || (view.visible_until && begin->first > *view.visible_until)) {
    return page;
  }
  const auto wanted = static_cast<size_t>(query.limit) + 1;

  if (query.sort == SortField::kUpdatedAt && !view.shuffle_ties) {
    const auto take = [&](auto from, auto to) {
      for (int64_t skipped = 0; from != to && skipped < query.offset; ++skipped) ++from;
      for (; from != to && page.size() < wanted; ++from) page.push_back(&jobs_.at(from->second));
    };
    if (query.ascending) {
      take(begin, end);
    } else {
      take(std::make_reverse_iterator(end), std::make_reverse_iterator(begin));
    }
    return page;
  }

  for (auto it = begin; it != end; ++it) page.push_back(&jobs_.at(it->second));
  const auto tie = [&](const Job& job) {
    if (!view.shuffle_ties) return static_cast<uint64_t>(job.id);
    return Random(*view.shuffle_ties, static_cast<uint64_t>(job.id)).Next();
  };
  const auto key = [&](const Job& job) -> std::tuple<int64_t, std::string_view, uint64_t> {
    switch (query.sort) {
      case SortField::kId:
        return {job.id, "", 0};
      case SortField::kStatus:
        return {0, job.status, tie(job)};
      case SortField::kCreatedAt:
        return {ToUnix(job.created_at), "", tie(job)};
      case SortField::kUpdatedAt:
        break;
    }
    return {ToUnix(job.updated_at), "", tie(job)};
  };
  const auto skipped = std::min(static_cast<size_t>(query.offset), page.size());
  const auto last = std::min(skipped + wanted, page.size());
  std::partial_sort(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(last), page.end(),
                    [&](const Job* a, const Job* b) {
                      return query.ascending ? key(*a) < key(*b) : key(*b) < key(*a);
                    });
  page.resize(last);
  page.erase(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(skipped));
  return page;
}

const Job* JobStore::PickFinished(Timestamp since, uint64_t random) const {
  const auto begin = by_update_.lower_bound({since, kLowest});
  if (begin == by_update_.end()) return nullptr;
  const auto span = static_cast<uint64_t>((by_update_.rbegin()->first - begin->first).count()) + 1;
  const auto start = begin->first + std::chrono::seconds(static_cast<int64_t>(random % span));
  int looked_at = 0;
  for (auto it = by_update_.lower_bound({start, kLowest}); it != by_update_.end(); ++it) {
    const Job& job = jobs_.at(it->second);
    const bool finished =
        job.status == "completed" || job.status == "failed" || job.status == "stopped";
    if (finished && job.plan.started && !job.raw) return &job;
    if (++looked_at == 100) break;
  }
  return nullptr;
}

void JobStore::Link(const Job& job) {
  by_update_.emplace(job.updated_at, job.id);
  by_status_[job.status].emplace(job.updated_at, job.id);
}

void JobStore::Unlink(const Job& job) {
  by_update_.erase({job.updated_at, job.id});
  by_status_[job.status].erase({job.updated_at, job.id});
}

}  // namespace xplenty::simulator
