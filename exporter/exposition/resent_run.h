#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "base/rope.h"

namespace xplenty {

// A run of text that is sent again and again: as it is the first times, and then, if it is of a
// size for which that is faster, from a file of memory, uncopied. Safe from any thread.
class ResentRun {
 public:
  explicit ResentRun(std::shared_ptr<const Rope::Run> run) : run_(std::move(run)) {}

  size_t size() const { return run_->size; }

  // Its bytes, to be sent once.
  std::shared_ptr<const Rope::Run> ForSending() const;

 private:
  const std::shared_ptr<const Rope::Run> run_;
  mutable std::atomic<int> copies_{};  // that were sent, until there is a file
  mutable std::once_flag once_;
  mutable std::shared_ptr<const Rope::Run> file_;  // or run_, when there can be none
};

}  // namespace xplenty
