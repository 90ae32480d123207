#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "list_server.h"
#include "refresh/account_refresh.h"
#include "support/fake_clock.h"
#include "support/recording_logger.h"

namespace xplenty {

class NoRequests final : public RequestObserver {
 public:
  void OnRequest(int, std::chrono::duration<double>) override {}
  void OnRateLimit(const RateLimit&) override {}
};

// One exporter of one account, from the pages to the ledger.
struct Exporter {
  Exporter(ListServer& server, FakeClock& fake_clock, bool memory_only, std::string folder = "")
      : clock(fake_clock),
        options{.min_interval = std::chrono::seconds(10),
                .overlap = std::chrono::seconds(60),
                .reconcile_interval = std::chrono::minutes(15),
                .lookback = std::chrono::hours(24),
                .zero_hold = std::chrono::seconds(60),
                .stale_after = std::chrono::minutes(5),
                .memory_only = memory_only},
        ledger_options{.folder = std::move(folder),
                       .account = "acme",
                       .account_label = "acme",
                       .aggregates = {.zero_first = false,
                                      .runtime_bounds = kRuntimeBounds,
                                      .wait_bounds = kWaitBounds,
                                      .lookback = std::chrono::hours(24),
                                      .series_retention = std::chrono::hours(24 * 7),
                                      .max_series = 100'000,
                                      .samples_per_series = 1,
                                      .samples_per_package = 1}},
        stats(clock, no_requests),
        source(server, stats, clock) {}

  void Start() {
    auto ledger = Ledger::Open(ledger_options);
    ASSERT_TRUE(ledger) << ledger.error().message;
    refresh =
        std::make_unique<AccountRefresh>(source, stats, std::move(*ledger), clock, log, options);
  }
  bool Refresh() { return !refresh->Run({}).has_value(); }
  void Reconcile() {
    while (refresh->StepReconcile({})) {
    }
  }
  std::shared_ptr<const AccountView> View() { return refresh->ledger().View(true); }
  AllFigures figures() { return FiguresOf(*View()); }
  AllFigures truth(const ListServer& server) {
    return TruthOf(server.All(), *refresh->ledger().header().count_from);
  }

  FakeClock& clock;
  RefreshOptions options;
  LedgerOptions ledger_options;
  NoRequests no_requests;
  RecordingLogger log;
  RequestStats stats;
  ListSource source;
  std::unique_ptr<AccountRefresh> refresh;
};

}  // namespace xplenty
