#include "simulator/workload.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace xplenty::simulator {
namespace {

using std::chrono::seconds;

constexpr std::array kNames = {
    "sales_daily",     "orders_hourly",   "customers_sync",        "inventory_snapshot",
    "web_events",      "ad_spend",        "billing_export",        "crm_contacts",
    "support_tickets", "product_catalog", "marketing_attribution", "finance_ledger"};
constexpr std::array kClusterWords = {"nightly", "hourly", "adhoc", "backfill"};
constexpr std::array kFirstWords = {"cyan",  "amber", "blue",   "coral", "crimson", "gold",
                                    "green", "grey",  "indigo", "lime",  "olive",   "plum",
                                    "rose",  "ruby",  "teal",   "white"};
constexpr std::array kSecondWords = {"wave",   "bird", "cloud", "dune", "field", "flame",
                                     "forest", "lake", "moon",  "peak", "rain",  "river",
                                     "sky",    "star", "stone", "wind"};
constexpr std::array kErrors = {
    "Failed to read from source: connection timed out",
    "Destination table \"public.orders\" does not exist",
    "Schema mismatch in component clone_1: field 'amount' is not a number\n  at row 4711",
    "Cluster terminated before the job finished"};

// Returns two words and a number. Names differ for 230,400 clusters.
std::string MadeName(uint64_t seed, uint64_t number) {
  constexpr uint64_t kNumbers = 900;  // 100 to 999
  constexpr uint64_t kCount = kFirstWords.size() * kSecondWords.size() * kNumbers;
  constexpr uint64_t kStep = 78'401;  // has no divisor in common with kCount
  uint64_t rest = (seed + number * kStep) % kCount;
  std::string name = kFirstWords[rest % kFirstWords.size()];
  rest /= kFirstWords.size();
  name.append("-").append(kSecondWords[rest % kSecondWords.size()]);
  rest /= kSecondWords.size();
  return name.append("-").append(std::to_string(100 + rest));
}

// "sales_daily" becomes "Sales Daily".
std::string Title(std::string name) {
  bool begins = true;
  for (char& letter : name) {
    if (begins && letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    begins = letter == '_';
    if (begins) letter = ' ';
  }
  return name;
}

// Adds the steps of a stop, which may end a job before or after its start.
void AddStop(Plan& plan, Timestamp requested, Random& random) {
  Timestamp at = requested;
  if (random.Chance(0.6)) {
    plan.steps.push_back({at, "pending_stoppage"});
    at += seconds(random.Between(1, 6));
    if (random.Chance(0.5)) {
      plan.steps.push_back({at, "stopping"});
      at += seconds(random.Between(1, 6));
    }
  }
  plan.finished = at;
  plan.steps.push_back({at + seconds(random.Between(0, 3)), "stopped"});
}

}  // namespace

Workload::Workload(const WorkloadOptions& options, Timestamp origin)
    : options_(options), origin_(origin) {
  options_.packages = std::max<int64_t>(options.packages, 1);
  options_.clusters = std::max<int64_t>(options.clusters, 1);
  for (int64_t i = 0; i < options_.packages; ++i) {
    const auto index = static_cast<size_t>(i);
    Random random(options_.seed, 1'000'000'007ULL + index);
    std::string name = kNames[index % kNames.size()];
    if (index >= kNames.size()) name += "_" + std::to_string(index / kNames.size() + 1);
    packages_.push_back({.name = std::move(name),
                         .typical_seconds = 20.0 * std::pow(200.0, random.Unit()),
                         .failure_rate = i % 5 == 3 ? 0.3 : 0.03,
                         .typical_records = random.Between(100, 2'000'000)});
  }
}

double Workload::Gap(uint64_t number) const {
  Random random(options_.seed ^ 0xA55A, number);
  return 86'400.0 / static_cast<double>(options_.jobs) * (0.5 + random.Unit());
}

// The lower of two random numbers makes the first packages run more often than the last.
int64_t Workload::PackageIndex(Random& random) const {
  const int64_t last = options_.packages - 1;
  const int64_t one = random.Between(0, last);
  return std::min(one, random.Between(0, last));
}

int64_t Workload::FirstCluster(Timestamp time) const {
  return options_.reuse_clusters ? ClusterAlive(0, time) : kFirstCluster;
}

int64_t Workload::ClusterAlive(int64_t slot, Timestamp time) const {
  const int64_t lifetime = 3600 * (2 + slot % 4);
  const int64_t since = (time - origin_).count() + slot * 1800;
  return kFirstCluster + std::max<int64_t>(since / lifetime, 0) * options_.clusters + slot;
}

std::optional<std::string> Workload::PackageName(int64_t id) const {
  const int64_t index = id - kFirstPackage;
  if (index < 0 || index >= options_.packages) return std::nullopt;
  return packages_[static_cast<size_t>(index)].name;
}

std::optional<std::string> Workload::ClusterName(int64_t id) const {
  if (id < kFirstCluster) return std::nullopt;
  if (!options_.reuse_clusters) {
    // The clusters of every other package have a name of their schedule's.
    const auto number = static_cast<uint64_t>(id - kFirstCluster);
    Random random(options_.seed, number);
    const int64_t index = PackageIndex(random);
    if (index % 2 == 0) return MadeName(options_.seed, number);
    return Title(packages_[static_cast<size_t>(index)].name) + " #" + std::to_string(100 + number);
  }
  const auto slot = static_cast<size_t>((id - kFirstCluster) % options_.clusters);
  return kClusterWords[slot % kClusterWords.size()] + ("-" + std::to_string(id));
}

Plan Workload::PlanJob(uint64_t number, Timestamp created) const {
  Random random(options_.seed, number);
  Plan plan;
  plan.created = created;
  const int64_t index = PackageIndex(random);
  const Package& package = packages_[static_cast<size_t>(index)];
  plan.package_id = kFirstPackage + index;
  const int64_t slot = random.Between(0, options_.clusters - 1);
  plan.cluster_id = options_.reuse_clusters ? ClusterAlive(slot, created)
                                            : kFirstCluster + static_cast<int64_t>(number);

  const Timestamp pending = created + seconds(random.Between(0, 2));
  const Timestamp queued = pending + seconds(random.Between(1, 8));
  const Timestamp starts =
      queued + seconds(random.Chance(0.1) ? random.Between(60, 400) : random.Between(0, 25));
  plan.steps = {{created, "idle"}, {pending, "pending"}, {queued, "queued"}};
  plan.full_seconds = std::max<int64_t>(
      5, static_cast<int64_t>(package.typical_seconds * (0.6 + 0.8 * random.Unit())));
  const int64_t outputs = random.Between(1, 3);
  for (int64_t i = 0; i < outputs; ++i) {
    plan.records.push_back(random.Between(0, package.typical_records));
  }

  const double end = random.Unit();
  const double part = random.Unit();
  const auto cut_short =
      seconds(static_cast<int64_t>(static_cast<double>(plan.full_seconds) * part));
  if (end < 0.02) {
    AddStop(plan, queued + (starts - queued) / 2, random);
    return plan;
  }
  plan.started = starts;
  plan.steps.push_back({starts, "running"});
  if (end < 0.05) {
    AddStop(plan, starts + cut_short, random);
  } else if (end < 0.05 + package.failure_rate) {
    plan.finished = starts + cut_short;
    plan.steps.push_back({plan.finished + seconds(random.Between(0, 3)), "failed"});
    plan.null_failed_at = random.Chance(0.2);
    plan.zero_progress = random.Chance(0.5);
    plan.errors = kErrors[static_cast<size_t>(random.Between(0, kErrors.size() - 1))];
  } else {
    plan.finished = starts + seconds(plan.full_seconds);
    plan.steps.push_back({plan.finished + seconds(random.Between(0, 3)), "completed"});
  }
  return plan;
}

}  // namespace xplenty::simulator
