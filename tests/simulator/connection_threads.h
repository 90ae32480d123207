#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include <httplib.h>

#include "base/mutex.h"

namespace xplenty::simulator {

// A thread for each connection, made when none is idle: requests that get no answer must not keep
// others from theirs. Beyond kMost connections wait.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  static constexpr size_t kMost = 1024;

  using Task = std::function<void()>;
  // void or bool, by version of the library.
  using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::declval<Task>()));

  Taken enqueue(Task task) override;
  // Returns when all tasks are done.
  void shutdown() override;

 private:
  void Work();

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Task> tasks_ GUARDED_BY(mutex_);
  size_t idle_ GUARDED_BY(mutex_) = 0;  // those that have been woken for a task, too
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // of the thread that calls enqueue() and shutdown()
};

}  // namespace xplenty::simulator
