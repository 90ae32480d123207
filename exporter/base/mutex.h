#pragma once

#include <mutex>

// The annotations of Clang's thread-safety analysis, which the preset fuzz runs. Other compilers
// see nothing of them.
#if defined(__clang__)
#define XPLENTY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define XPLENTY_THREAD_ATTRIBUTE(x)
#endif

// A member that is only used while `mutex` is held.
#define GUARDED_BY(mutex) XPLENTY_THREAD_ATTRIBUTE(guarded_by(mutex))
// A function that is only called while these mutexes are held.
#define REQUIRES(...) XPLENTY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))

namespace xplenty {

// A std::mutex with the annotations that the standard one lacks.
class XPLENTY_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() XPLENTY_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a mutex from its construction to its destruction.
class XPLENTY_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) XPLENTY_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : lock_(mutex.mutex_) {}
  ~MutexLock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Let go of the mutex in between, and take it again.
  void lock() XPLENTY_THREAD_ATTRIBUTE(acquire_capability()) { lock_.lock(); }
  void unlock() XPLENTY_THREAD_ATTRIBUTE(release_capability()) { lock_.unlock(); }

  // Returns the lock that std::condition_variable waits with.
  std::unique_lock<std::mutex>& native() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace xplenty
