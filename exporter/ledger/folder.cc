#include "ledger/folder.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xplenty {
namespace {

namespace fs = std::filesystem;

fs::path FolderOf(const fs::path& file) {
  return file.parent_path().empty() ? fs::path(".") : file.parent_path();
}

Error FolderError(const fs::path& folder, const std::string& action, int reason) {
  return {ErrorCode::kStorage,
          "folder \"" + folder.string() + "\": cannot " + action + ": " + std::strerror(reason)};
}

Result<int> OpenFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FolderError(folder, "open it", errno);
  return descriptor;
}

}  // namespace

Status MakeFolderOf(const fs::path& file) {
  const fs::path folder = FolderOf(file);
  std::error_code error;
  if (fs::is_directory(folder, error)) return OkStatus();
  if (const fs::path above = FolderOf(folder); above != folder) {
    RETURN_IF_ERROR(MakeFolderOf(folder));
  }
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return FolderError(folder, "make it", errno);
  }
  return SyncFolderOf(folder);
}

Status SyncFolderOf(const fs::path& file) {
  const fs::path folder = FolderOf(file);
  const auto descriptor = OpenFolder(folder);
  if (!descriptor) return descriptor.error();
  const int code = fsync(*descriptor);
  const int reason = errno;
  close(*descriptor);
  if (code != 0) return FolderError(folder, "sync it", reason);
  return OkStatus();
}

Result<FolderLock> FolderLock::Take(const fs::path& file) {
  const fs::path folder = FolderOf(file);
  const auto descriptor = OpenFolder(folder);
  if (!descriptor) return descriptor.error();
  FolderLock lock(*descriptor);
  while (flock(lock.descriptor_, LOCK_EX) != 0) {
    if (errno != EINTR) return FolderError(folder, "lock it", errno);
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace xplenty
