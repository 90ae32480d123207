#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "http/connection_table.h"

namespace xplenty {

// Threads that take ready connections from a ConnectionTable and serve them. One more is started
// whenever all are busy, up to `max_workers`. Safe from any thread.
class WorkerPool {
 public:
  // `serve` is called by several threads at once; the connection is in use by its caller. `table`
  // must outlive this.
  WorkerPool(ConnectionTable& table, size_t max_workers, std::function<void(Connection&)> serve)
      : table_(table), max_workers_(max_workers), serve_(std::move(serve)) {}
  ~WorkerPool() { Stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts one more thread. False if there are enough, the system has none left, or Stop() was
  // called.
  bool AddWorker();

  // Ends the table's Next(), and returns when every thread has ended.
  void Stop();

 private:
  void WorkerLoop();

  ConnectionTable& table_;
  const size_t max_workers_;
  const std::function<void(Connection&)> serve_;
  std::atomic<int> idle_workers_ = 0;
  Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> workers_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
