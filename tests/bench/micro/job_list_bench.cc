// Measures the parsing of pages.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/micro/account.h"
#include "jobs/job_json.h"

namespace xplenty::bench {
namespace {

void ReadPage(benchmark::State& state) {
  const std::string body = PageBody(0, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(ParseJobList(body));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}
BENCHMARK(ReadPage)->Arg(10)->Arg(100);

}  // namespace
}  // namespace xplenty::bench
