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

// Gives each connection a thread, started when none is idle, so that requests without a response do
// not block others. Beyond kMost threads, connections wait.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  static constexpr size_t kMost = 1024;

  using Task = std::function<void()>;
  // The type is void or bool, depending on the version of the library.
  using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::declval<Task>()));

  Taken enqueue(Task task) override;
  // Returns when all tasks are done.
  void shutdown() override;

 private:
  void Work();

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Task> tasks_ GUARDED_BY(mutex_);
  size_t idle_ GUARDED_BY(mutex_) = 0;  // includes threads that have been woken for a task
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // used only by the thread that calls enqueue() and shutdown()
};

}  // namespace xplenty::simulator
