#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"

namespace xplenty {

// Simulated time for tasks that sleep. Each task has a thread, but only one runs at a time, until
// it sleeps; then the task that wakes first continues. The order is the same in every run.
class SimulatedTime {
 public:
  explicit SimulatedTime(size_t tasks) : wakes_(tasks, kStart) {
    for (size_t i = 0; i < tasks; ++i) {
      clocks_.push_back(std::make_unique<TaskClock>(*this, i));
      turns_.push_back(std::make_unique<std::binary_semaphore>(i == 0 ? 1 : 0));
    }
  }

  Clock& clock(size_t task) { return *clocks_[task]; }

  // Runs `work` once for each task, and returns when all are done.
  void Run(const std::function<void(size_t)>& work) {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < wakes_.size(); ++i) {
      threads.emplace_back([this, i, &work] {
        turns_[i]->acquire();
        work(i);
        Yield(i, SteadyTime::max());
      });
    }
  }

  static constexpr SteadyTime kStart{std::chrono::hours(1000)};

 private:
  class TaskClock final : public Clock {
   public:
    TaskClock(SimulatedTime& time, size_t task) : time_(time), task_(task) {}
    SteadyTime Steady() const override { return time_.Now(); }
    WallTime Wall() const override { return WallTime(Steady().time_since_epoch()); }
    void SleepUntil(SteadyTime until, std::stop_token /*stop*/) override {
      if (until <= Steady()) return;
      time_.Yield(task_, until);
      time_.turns_[task_]->acquire();
    }

   private:
    SimulatedTime& time_;
    const size_t task_;
  };

  SteadyTime Now() const {
    const MutexLock lock(mutex_);
    return now_;
  }
  void Yield(size_t task, SteadyTime until) {
    const MutexLock lock(mutex_);
    wakes_[task] = until;
    const auto first = std::ranges::min_element(wakes_);
    if (*first == SteadyTime::max()) return;  // all are done
    now_ = std::max(now_, *first);
    turns_[static_cast<size_t>(first - wakes_.begin())]->release();
  }

  std::vector<std::unique_ptr<TaskClock>> clocks_;
  std::vector<std::unique_ptr<std::binary_semaphore>> turns_;
  mutable Mutex mutex_;
  std::vector<SteadyTime> wakes_ GUARDED_BY(mutex_);
  SteadyTime now_ GUARDED_BY(mutex_) = kStart;
};

}  // namespace xplenty
