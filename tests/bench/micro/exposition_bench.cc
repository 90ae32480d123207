// Measures rendering and deflating.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/account.h"
#include "exposition/encoded_block.h"
#include "exposition/text_encoder.h"
#include "support/whole_account.h"

namespace xplenty::bench {
namespace {

std::shared_ptr<const AccountView> View() {
  const auto ledger = NewLedger("");
  Fill(*ledger, 20 * kPairs);
  return ledger->View(true);
}

using Append = void (*)(const MetricFamily&, std::string&);

std::string Render(const std::vector<MetricFamily>& families, Append header, Append samples) {
  std::string text;
  for (const MetricFamily& family : families) {
    header(family, text);
    samples(family, text);
  }
  return text;
}

void CollectFamilies(benchmark::State& state) {
  const auto view = View();
  for (auto _ : state) benchmark::DoNotOptimize(CollectAccount(*view));
}
BENCHMARK(CollectFamilies)->Unit(benchmark::kMillisecond);

void RenderIn(benchmark::State& state, Append header, Append samples) {
  const std::vector<MetricFamily> families = CollectAccount(*View());
  int64_t bytes = 0;
  for (auto _ : state) {
    const std::string text = Render(families, header, samples);
    bytes += static_cast<int64_t>(text.size());
  }
  state.SetBytesProcessed(bytes);
}

void RenderText(benchmark::State& state) {
  RenderIn(state, AppendTextHeader, AppendTextSamples);
}
BENCHMARK(RenderText)->Unit(benchmark::kMillisecond);

void RenderOpenMetrics(benchmark::State& state) {
  RenderIn(state, AppendOpenMetricsHeader, AppendOpenMetricsSamples);
}
BENCHMARK(RenderOpenMetrics)->Unit(benchmark::kMillisecond);

void Deflate(benchmark::State& state) {
  const std::string text = Render(CollectAccount(*View()), AppendTextHeader, AppendTextSamples);
  int64_t deflated = 0;
  for (auto _ : state) {
    const EncodedBlock block(text);
    deflated = static_cast<int64_t>(block.deflated().size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
  state.counters["part_left"] = static_cast<double>(deflated) / static_cast<double>(text.size());
}
BENCHMARK(Deflate)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xplenty::bench
