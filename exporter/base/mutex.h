#pragma once

#include <mutex>

// Clang's thread-safety analysis (clang-tidy runs it); other compilers see nothing.
#if defined(__clang__)
#define XPLENTY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define XPLENTY_THREAD_ATTRIBUTE(x)
#endif

#define GUARDED_BY(mutex) XPLENTY_THREAD_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(...) XPLENTY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))

namespace xplenty {

// std::mutex with the annotations that the standard one lacks.
class XPLENTY_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() XPLENTY_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

class XPLENTY_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) XPLENTY_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : lock_(mutex.mutex_) {}
  ~MutexLock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void lock() XPLENTY_THREAD_ATTRIBUTE(acquire_capability()) { lock_.lock(); }
  void unlock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) { lock_.unlock(); }

  // For std::condition_variable to wait with.
  std::unique_lock<std::mutex>& native() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace xplenty
