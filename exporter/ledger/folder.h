#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace xplenty {

// Functions for the folder that files are kept in. Errors are kStorage and name the folder.

// Makes the folder of a file, and those above it, where missing; on disk when it returns.
Status MakeFolderOf(const std::filesystem::path& file);

// Makes new, renamed and removed names of the file's folder outlast a power cut.
Status SyncFolderOf(const std::filesystem::path& file);

// Keeps other processes from making or moving ledgers in the same folder while it lives; waits for
// one that does. A lock of the folder itself (flock), so that nothing is left behind.
class FolderLock {
 public:
  // Waits for the lock of the file's folder, however long that takes.
  static Result<FolderLock> Take(const std::filesystem::path& file);
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace xplenty
