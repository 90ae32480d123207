#include "simulator/connection_threads.h"

namespace xplenty::simulator {

ConnectionThreads::Taken ConnectionThreads::enqueue(Task task) {
  bool busy = false;
  {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    busy = tasks_.size() > idle_;
  }
  if (busy && threads_.size() < kMost) {
    threads_.emplace_back([this] { Work(); });
  } else {
    changed_.notify_one();
  }
  return static_cast<Taken>(1);  // no value, or true
}

void ConnectionThreads::shutdown() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ConnectionThreads::Work() {
  while (true) {
    Task task;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (tasks_.empty() && !stopping_) changed_.wait(lock);
      --idle_;
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace xplenty::simulator
