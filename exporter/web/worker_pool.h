#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace xplenty {

// Threads that run tasks, started one by one as they are needed and kept until the end.
class WorkerPool {
 public:
  explicit WorkerPool(size_t max_threads) : max_threads_(max_threads) {}
  ~WorkerPool();  // runs what is queued, then joins
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the task is not kept, when there is no thread at all and none can be started.
  // Called by one thread. A task must not throw.
  bool Submit(std::function<void()> task);

 private:
  void Work();

  const size_t max_threads_;
  Mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  size_t idle_ GUARDED_BY(mutex_) = 0;     // asleep
  size_t looking_ GUARDED_BY(mutex_) = 0;  // will look for a task before they sleep
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // touched by the submitter alone
};

}  // namespace xplenty
