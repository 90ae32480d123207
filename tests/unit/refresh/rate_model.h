#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "api/retrying_page_source.h"
#include "refresh/account_refresh.h"
#include "refresh/refresh_scheduler.h"
#include "refresh_fixture.h"
#include "simulated_time.h"
#include "support/no_log.h"

namespace xplenty {

// The API's limit of requests per hour, for a user whose key all exporters share.
struct Limiter {
  enum class Window { kFixed, kRolling };  // the current full hour, or the last 60 minutes

  // Returns the requests that are left after this one, or nothing for 429.
  std::optional<int64_t> Grant(SteadyTime now) {
    const auto hour = std::chrono::floor<std::chrono::hours>(now + phase);
    if (window == Window::kFixed && std::exchange(this_hour, hour) != hour) granted.clear();
    while (window == Window::kRolling && !granted.empty() &&
           now - granted.front() >= std::chrono::hours(1)) {
      granted.pop_front();
    }
    if (std::cmp_greater_equal(granted.size(), limit)) {
      ++rejected;
      return std::nullopt;
    }
    granted.push_back(now);
    all.push_back(now);
    return limit - static_cast<int64_t>(granted.size());
  }

  Window window{};
  int64_t limit{};
  SteadyTime::duration phase{};  // how much of the first hour has passed
  std::deque<SteadyTime> granted{};
  std::vector<SteadyTime> all{};
  SteadyTime this_hour{};
  int64_t rejected{};
};

// Serves the pages of a ListServer within a rate limit.
class LimitedSource final : public PageSource {
 public:
  LimitedSource(ListServer& server, Limiter& limiter, RequestStats& stats, Clock& clock)
      : server_(server), limiter_(limiter), stats_(stats), clock_(clock) {}

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override {
    const auto remaining = limiter_.Grant(clock_.Steady());
    clock_.SleepUntil(clock_.Steady() + std::chrono::milliseconds(300), limits.stop);
    stats_.OnRequest(remaining ? 200 : 429, std::chrono::milliseconds(300));
    stats_.OnRateLimit({.limit = limiter_.limit, .remaining = remaining.value_or(0)});
    if (request.status) ++listings;
    if (!remaining) {
      return ApiError{.error = {ErrorCode::kRateLimit, "list jobs: HTTP 429"},
                      .http_status = 429,
                      .retry_after = std::nullopt};
    }
    Page page = server_.Answer(request);
    page.server_time = std::chrono::floor<std::chrono::seconds>(clock_.Wall());
    return page;
  }

  int64_t listings = 0;  // requests for the jobs of one status

 private:
  ListServer& server_;
  Limiter& limiter_;
  RequestStats& stats_;
  Clock& clock_;
};

// An exporter of the limited API in simulated time: the logic of Refresher without its thread.
class SimulatedExporter {
 public:
  struct Refreshed {
    SteadyTime start;
    SteadyTime end;
    bool completed{};
    int64_t requests{};
    int64_t listings{};
  };

  // The rate budget is shared among `sharers`.
  SimulatedExporter(ListServer& server, Limiter& limiter, Clock& clock, int64_t sharers)
      : clock_(clock), stats_(clock, no_requests_) {
    stats_.budget().ShareAmong(sharers);
    auto source = std::make_unique<LimitedSource>(server, limiter, stats_, clock);
    limited_ = source.get();
    key_ = std::move(ApiKey::FromLiteral(Secret("key"), "test").value());
    source_ = std::make_unique<RetryingPageSource>(std::move(source), stats_, *key_, clock,
                                                   [] { return 0.5; });
    // Only the options of this exporter are used.
    FakeClock unused_clock;
    const Exporter parts(server, unused_clock, /*memory_only=*/false);
    refresh_ = std::make_unique<AccountRefresh>(
        *source_, stats_, std::move(Ledger::Open(parts.ledger_options).value()), clock, no_log_,
        parts.options);
    refresh_->SetBeforePage([this](const std::stop_token& stop) {
      while (scheduler_.NextPage(clock_.Steady()) > clock_.Steady()) {
        clock_.SleepUntil(scheduler_.NextPage(clock_.Steady()), stop);
      }
    });
  }

  // Is scraped at regular intervals until `end`.
  void Live(std::chrono::seconds scrape_interval, SteadyTime end) {
    SteadyTime due = clock_.Steady();
    SteadyTime scrape = due;
    while (scrape < end) {
      clock_.SleepUntil(scrape, {});
      if (clock_.Steady() >= due) {
        due = RefreshOnce();
        due = std::max(due, Reconcile());
      }
      while (scrape <= clock_.Steady()) scrape += scrape_interval;
    }
  }

  const std::vector<Refreshed>& refreshes() const { return refreshes_; }
  const AccountRefresh& refresh() const { return *refresh_; }

 private:
  SteadyTime RefreshOnce() {
    Refreshed done{.start = clock_.Steady(), .end = {}};
    const int64_t requests = stats_.requests_sent();
    const int64_t listings = limited_->listings;
    const auto failure = refresh_->Run({});
    done.end = clock_.Steady();
    done.completed = !failure;
    done.requests = stats_.requests_sent() - requests;
    done.listings = limited_->listings - listings;
    refreshes_.push_back(done);
    return scheduler_.NextAfter(done.start, done.end, done.requests, failure);
  }

  SteadyTime Reconcile() {
    bool more = true;
    while (more) {
      const int64_t previous = stats_.requests_sent();
      more = refresh_->StepReconcile({});
      if (stats_.requests_sent() != previous)
        more = more && scheduler_.MayContinueReconcile(clock_.Steady());
    }
    return scheduler_.NextRefresh(clock_.Steady());
  }

  Clock& clock_;
  NoRequests no_requests_;
  NoLog no_log_;
  RequestStats stats_;
  LimitedSource* limited_{};
  std::unique_ptr<ApiKey> key_;
  std::unique_ptr<RetryingPageSource> source_;
  std::unique_ptr<AccountRefresh> refresh_;
  RefreshScheduler scheduler_{stats_.budget(), std::chrono::seconds(10)};
  std::vector<Refreshed> refreshes_;
};

}  // namespace xplenty
