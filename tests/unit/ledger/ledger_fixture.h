#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "support/figures.h"

namespace xplenty {

inline constexpr Timestamp kNow = FromUnix(1'000'000'000);
inline constexpr std::chrono::seconds kLookback = std::chrono::hours(24);

inline LedgerOptions TestOptions(const std::string& folder) {
  return {.folder = folder,
          .account = "acme",
          .account_label = "Acme",
          .aggregates = {.zero_first = true,
                         .runtime_bounds = kRuntimeBounds,
                         .wait_bounds = kWaitBounds,
                         .lookback = kLookback,
                         .series_retention = std::chrono::hours(24 * 7),
                         .max_series = 1'000'000,
                         .samples_per_series = 10,
                         .samples_per_package = 3}};
}

// A job that ran for `runtime` seconds and ended at `finish`.
inline Job FinishedRow(int64_t id, JobStatus status, Timestamp finish, int64_t pair = 1,
                       int64_t records = 5) {
  Job job = MakeJob(id, status, finish, pair);
  job.started_at = finish - std::chrono::seconds(20);
  job.created_at = finish - std::chrono::seconds(30);
  job.runtime_seconds = 20;
  (status == JobStatus::kFailed ? job.failed_at : job.completed_at) = finish;
  job.outputs = {{.id = id, .records = records}};
  return job;
}

inline Status CommitJobs(Ledger& ledger, const std::vector<Job>& jobs, Timestamp now = kNow,
                         std::optional<Timestamp> watermark = {}, uint64_t scraped = 0) {
  const auto report = ledger.Commit({.jobs = jobs,
                                     .rejects = {},
                                     .server_time = now,
                                     .watermark = watermark,
                                     .scraped_version = scraped});
  return report ? OkStatus() : Status(report.error());
}

inline std::unique_ptr<Ledger> OpenBorn(const LedgerOptions& options,
                                        Timestamp count_from = kNow - kLookback) {
  auto ledger = Ledger::Open(options);
  EXPECT_TRUE(ledger) << ledger.error().message;
  if (!(*ledger)->header().count_from) {
    EXPECT_TRUE((*ledger)->Initialize(count_from));
  }
  return std::move(*ledger);
}

inline const SeriesView* FindSeries(const AccountView& view, const std::string& package,
                                    const std::string& cluster) {
  for (const auto& series : view.series) {
    if (series->package == package && series->cluster == cluster) return series.get();
  }
  return nullptr;
}

inline const PackageView* FindPackage(const AccountView& view, const std::string& package) {
  for (const PackageView& each : view.packages) {
    if (each.package == package) return &each;
  }
  return nullptr;
}

inline uint64_t AnomaliesOf(const AccountView& view, AnomalyReason reason) {
  return view.anomalies[static_cast<size_t>(reason)];
}

}  // namespace xplenty
