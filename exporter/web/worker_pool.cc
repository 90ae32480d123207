#include "web/worker_pool.h"

#include <system_error>
#include <utility>

namespace xplenty {

WorkerPool::~WorkerPool() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

bool WorkerPool::Submit(std::function<void()> task) {
  bool enough = false;
  bool taken = false;
  {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    taken = tasks_.size() <= looking_;
    enough = tasks_.size() <= looking_ + idle_ || threads_.size() >= max_threads_;
  }
  if (taken) return true;
  if (!enough) {
    try {
      threads_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {  // out of threads: those that run take the task later
      if (threads_.empty()) {
        const MutexLock lock(mutex_);
        tasks_.pop_back();
        return false;
      }
    }
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::Work() {
  MutexLock lock(mutex_);
  while (true) {
    // Under load the next task comes while others have their turn; to sleep and be woken for it
    // would cost more than most tasks do.
    if (tasks_.empty() && !stopping_) {
      ++looking_;
      lock.unlock();
      std::this_thread::yield();
      lock.lock();
      --looking_;
    }
    ++idle_;
    while (tasks_.empty() && !stopping_) changed_.wait(lock.native());
    --idle_;
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace xplenty
