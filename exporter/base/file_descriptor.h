#pragma once

#include <utility>

#include <unistd.h>

namespace xplenty {

// Owns a file descriptor and closes it when it is destroyed. Not thread-safe.
class FileDescriptor {
 public:
  // Owns nothing.
  FileDescriptor() = default;
  // Takes ownership of `fd`. A negative number, the result of a failed open(2), owns nothing.
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  // Returns the number, which stays owned here. Negative if is_open() is false.
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace xplenty
