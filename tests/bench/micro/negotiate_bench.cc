// Measures the choice of format and coding.
#include <benchmark/benchmark.h>

#include "http/negotiate.h"

namespace xplenty::bench {
namespace {

// The header that Prometheus 2.42 sends.
constexpr std::string_view kAccept =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

void Negotiate(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(ChooseFormat(kAccept, /*with_protobuf=*/false));
    benchmark::DoNotOptimize(AcceptsGzip("gzip"));
  }
}
BENCHMARK(Negotiate);

}  // namespace
}  // namespace xplenty::bench
