#include "exposition/resent_run.h"

#include "base/memory_file.h"

namespace xplenty {
namespace {

// To send less from a file takes as long as to copy it. To send more takes as long, too, for it is
// no longer in the processor's cache. What is between is kept twice.
constexpr size_t kMinFileBytes = 128 * 1024;
constexpr size_t kMaxFileBytes = 4 * 1024 * 1024;
// To make a file takes as long as so many copies.
constexpr int kCopiesBeforeFile = 4;

}  // namespace

std::shared_ptr<const Rope::Run> ResentRun::ForSending() const {
  if (size() < kMinFileBytes || size() > kMaxFileBytes) return run_;
  if (copies_ < kCopiesBeforeFile) {
    ++copies_;
    return run_;
  }
  std::call_once(once_, [this] {
    Rope rope;
    rope.Append(run_);
    const auto file = MemoryFile::Make(rope.Flat());
    file_ =
        file ? std::make_shared<const Rope::Run>(Rope::Run{.file = file, .size = size()}) : run_;
  });
  return file_;
}

}  // namespace xplenty
