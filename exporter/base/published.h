#pragma once

#include <memory>
#include <utility>

#include "base/mutex.h"

namespace xplenty {

// One writer hands immutable values to any number of readers; safe from any thread.
// (Not std::atomic<std::shared_ptr>: GCC 12's is reported by ThreadSanitizer.)
template <typename T>
class Published {
 public:
  void Publish(std::shared_ptr<const T> next) {
    const MutexLock lock(mutex_);
    current_.swap(next);
  }

  // Null until the first Publish().
  std::shared_ptr<const T> Load() const {
    const MutexLock lock(mutex_);
    return current_;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> current_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
