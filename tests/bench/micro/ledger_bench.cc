// Measures counting, committing, building views and loading.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/account.h"
#include "ledger/ledger.h"
#include "support/temporary_folder.h"

namespace xplenty::bench {
namespace {

constexpr int64_t kPage = 100;
constexpr int64_t kHistory = 20'000;  // jobs that the ledger has before the measurement

// Commits pages of new jobs: the same jobs with other ids.
void CommitPages(benchmark::State& state, const std::string& folder) {
  const auto ledger = NewLedger(folder);
  Fill(*ledger, kHistory);
  std::vector<Job> page = Jobs(kHistory, kPage);
  for (auto _ : state) {
    for (Job& job : page) job.id += kPage;
    Commit(*ledger, page);
  }
  state.SetItemsProcessed(state.iterations() * kPage);
}

void CountPage(benchmark::State& state) {
  CommitPages(state, "");
}
BENCHMARK(CountPage)->Unit(benchmark::kMicrosecond);

// Commits to disk, including the syncs.
void CommitPage(benchmark::State& state) {
  const TemporaryFolder folder;
  CommitPages(state, folder.path());
}
BENCHMARK(CommitPage)->Unit(benchmark::kMicrosecond)->UseRealTime();

void CommitPageSeenBefore(benchmark::State& state) {
  const TemporaryFolder folder;
  const auto ledger = NewLedger(folder.path());
  Fill(*ledger, kHistory);
  const std::vector<Job> page = Jobs(0, kPage);
  for (auto _ : state) Commit(*ledger, page);
  state.SetItemsProcessed(state.iterations() * kPage);
}
BENCHMARK(CommitPageSeenBefore)->Unit(benchmark::kMicrosecond)->UseRealTime();

// Commits ten jobs and builds the view of 1,000 package-clusters.
void ViewAfterTenJobs(benchmark::State& state) {
  const auto ledger = NewLedger("");
  Fill(*ledger, kHistory);
  std::vector<Job> page = Jobs(kHistory, 10);
  for (auto _ : state) {
    for (Job& job : page) job.id += 10;
    Commit(*ledger, page);
    benchmark::DoNotOptimize(ledger->View(true));
  }
}
BENCHMARK(ViewAfterTenJobs)->Unit(benchmark::kMicrosecond);

void LoadLedger(benchmark::State& state) {
  const TemporaryFolder folder;
  Fill(*NewLedger(folder.path()), state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(OpenLedger(folder.path()));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(LoadLedger)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace xplenty::bench
