#include "http/worker_pool.h"

#include <csignal>
#include <system_error>
#include <utility>

namespace xplenty {

bool WorkerPool::AddWorker() {
  const MutexLock lock(mutex_);
  if (stopped_ || workers_.size() >= max_workers_) return false;
  ++idle_workers_;
  try {
    workers_.emplace_back([this] { WorkerLoop(); });
    return true;
  } catch (const std::system_error&) {  // no thread left: the running ones must suffice
    --idle_workers_;
    return false;
  }
}

void WorkerPool::Stop() {
  table_.End();
  std::vector<std::jthread> workers;  // joined after the lock is released, as a worker may need it
  const MutexLock lock(mutex_);
  stopped_ = true;
  workers.swap(workers_);
}

void WorkerPool::WorkerLoop() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);  // Socket requires it
  while (Connection* const connection = table_.Next()) {
    if (--idle_workers_ == 0) AddWorker();
    serve_(*connection);
    ++idle_workers_;
  }
}

}  // namespace xplenty
