// Reads and parses the pages of a first refresh like the exporter, but keeps nothing. Its time is
// what the exporter's would be if the ledger and the views cost nothing. Prints one line of JSON.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "api/curl_library.h"
#include "api/http_page_source.h"
#include "base/timestamp.h"
#include "bench/flags.h"

namespace xplenty::bench {
namespace {

class NoObserver final : public RequestObserver {
 public:
  void OnRequest(int, std::chrono::duration<double>) override {}
  void OnRateLimit(const RateLimit&) override {}
};

template <typename T, typename E>
T OrThrow(Result<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

int Run(const Flags& flags) {
  const CurlGlobal curl;
  const auto key = OrThrow(ApiKey::FromLiteral(Secret("demo-key"), "read_pages"));
  NoObserver observer;
  HttpPageSource::Options options;
  options.api.url = flags.Text("--url");
  options.account_id = "demo";
  const auto source = OrThrow(HttpPageSource::Create(options, *key, observer));

  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto lookback = std::chrono::hours(24);
  PageRequest request{.sort = SortField::kUpdatedAt,
                      .status = {},
                      .since = FromUnix(time(nullptr)) - lookback,
                      .offset = 0};
  int64_t pages = 0;
  size_t rows = 0;  // rows in the same second as the end of a page are read twice
  for (bool last = false; !last; ++pages) {
    const RequestLimits limits{.deadline = Clock::now() + std::chrono::minutes(1), .stop = {}};
    const auto page = source->Fetch(request, limits);
    if (!page) throw std::runtime_error(page.error().error.message);
    rows += page->jobs.size();
    last = page->last;
    if (last) continue;
    if (page->jobs.empty() || page->jobs.back().updated_at <= request.since) {
      throw std::runtime_error("a page whose rows share one second");
    }
    request.since = page->jobs.back().updated_at;
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("{\"pages\": %lld, \"rows\": %zu, \"seconds\": %.6f}\n",
              static_cast<long long>(pages), rows, took.count());
  return 0;
}

}  // namespace
}  // namespace xplenty::bench

int main(int argc, char** argv) try {
  return xplenty::bench::Run({argc, argv, {{"--url", "required"}}});
} catch (const std::exception& error) {
  std::cerr << "read_pages: " << error.what() << '\n';
  return 1;
}
