#pragma once

#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "refresh/refresher.h"
#include "refresh_fixture.h"

namespace xplenty {

// A deadline for what must happen; reaching it is a failure.
inline SteadyTime Long() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(10);
}
inline SteadyTime AtOnce() {
  return std::chrono::steady_clock::now();
}

// Lets fetches pass while it is open; a stop ends a wait. Counts the fetches that have begun.
class Gate {
 public:
  void Open(bool open) {
    {
      const MutexLock lock(mutex_);
      open_ = open;
    }
    changed_.notify_all();
  }
  bool Pass(const std::stop_token& stop) {
    MutexLock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    return changed_.wait(lock, stop, [this]() REQUIRES(mutex_) { return open_; });
  }
  void AwaitArrivals(int count) {
    MutexLock lock(mutex_);
    while (arrived_ < count) changed_.wait(lock);
  }
  int arrived() {
    const MutexLock lock(mutex_);
    return arrived_;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ GUARDED_BY(mutex_) = true;
  int arrived_ GUARDED_BY(mutex_) = 0;
};

class GatedSource final : public PageSource {
 public:
  explicit GatedSource(const Clock& clock) : clock_(clock) {}
  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override {
    if (!gate.Pass(limits.stop)) return Failed(ErrorCode::kCancelled);
    const MutexLock lock(mutex);
    if (fails) return Failed(ErrorCode::kNetwork);
    Page page = server.Answer(request);
    page.server_time = std::chrono::floor<std::chrono::seconds>(clock_.Wall());
    return page;
  }
  Gate gate;
  Mutex mutex;
  ListServer server GUARDED_BY(mutex){.page_size = 100};
  bool fails GUARDED_BY(mutex) = false;

 private:
  static ApiError Failed(ErrorCode code) {
    return {.error = {code, "failed"}, .http_status = 0, .retry_after = {}};
  }
  const Clock& clock_;
};

class Recorder final : public RefreshObserver {
 public:
  ViewSink Sink() {
    return [this](std::shared_ptr<const AccountView> view) {
      const MutexLock lock(mutex_);
      view_ = std::move(view);
    };
  }
  void OnRefreshEnd(const RefreshEnd& end) override {
    const MutexLock lock(mutex_);
    ++ended_;
    failed_ = end.error != nullptr;
  }
  void OnNoResponse() override {
    const MutexLock lock(mutex_);
    ++no_response_;
  }
  std::shared_ptr<const AccountView> view() {
    const MutexLock lock(mutex_);
    return view_;
  }
  int ended() {
    const MutexLock lock(mutex_);
    return ended_;
  }
  bool failed() {
    const MutexLock lock(mutex_);
    return failed_;
  }
  int no_response() {
    const MutexLock lock(mutex_);
    return no_response_;
  }

 private:
  Mutex mutex_;
  std::shared_ptr<const AccountView> view_ GUARDED_BY(mutex_);
  int ended_ GUARDED_BY(mutex_) = 0;
  bool failed_ GUARDED_BY(mutex_) = false;
  int no_response_ GUARDED_BY(mutex_) = 0;
};

class RefresherTest : public testing::Test {
 protected:
  ~RefresherTest() override { refresher_.reset(); }

  void Start() {
    parts_.ledger_options.aggregates.zero_first = true;
    auto ledger = Ledger::Open(parts_.ledger_options);
    ASSERT_TRUE(ledger);
    auto refresh = std::make_unique<AccountRefresh>(source_, parts_.stats, std::move(*ledger),
                                                    clock_, parts_.log, parts_.options);
    refresher_ = std::make_unique<Refresher>(std::move(refresh), parts_.stats, clock_, parts_.log,
                                             recorder_.Sink(), recorder_, parts_.options);
  }
  // Does what a scrape does.
  void Scrape() {
    refresher_->WaitForRefresh(Long());
    refresher_->RecordScraped(*recorder_.view());
  }
  void ScrapeAfter(std::chrono::seconds time) {
    clock_.Advance(time);
    Scrape();
  }
  void Put(const Job& job) {
    const MutexLock lock(source_.mutex);
    source_.server.jobs[job.id] = job;
  }
  void SetFails(bool fails) {
    const MutexLock lock(source_.mutex);
    source_.fails = fails;
  }
  Timestamp Now() const { return std::chrono::floor<std::chrono::seconds>(clock_.Wall()); }
  Job Failed(int64_t id) {
    Job job = MakeJob(id, JobStatus::kFailed, Now());
    job.failed_at = Now();
    return job;
  }
  uint64_t Failures() {
    const auto view = recorder_.view();
    return view->series.empty() ? 0 : view->series.front()->counters.finished[1];
  }

  FakeClock clock_;
  ListServer unused_;
  Exporter parts_{unused_, clock_, false};
  GatedSource source_{clock_};
  Recorder recorder_;
  std::unique_ptr<Refresher> refresher_;
};

}  // namespace xplenty
