#include "base/memory_file.h"

#include <cerrno>
#include <new>
#include <span>

#include <sys/mman.h>
#include <unistd.h>

namespace xplenty {
namespace {

FileDescriptor Create(size_t size) {
  constexpr unsigned kNoExecSeal = 8;  // MFD_NOEXEC_SEAL: Linux 6.3 and later complain without it
  FileDescriptor file(::memfd_create("text", MFD_CLOEXEC | kNoExecSeal));
  if (!file.is_open() && errno == EINVAL) {
    file = FileDescriptor(::memfd_create("text", MFD_CLOEXEC));
  }
  if (!file.is_open() || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return {};
  return file;
}

std::span<char> Map(int file, size_t size) {
  const int kind = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, kind, file, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<char*>(mapped), size};
}

}  // namespace

MemoryFile::MemoryFile(std::string_view text) : file_(Create(text.size())) {
  // Written through the mapping, for memory that is not mapped is missing in the RSS of a process.
  const std::span<char> mapped = Map(file_.get(), text.size());
  text.copy(mapped.data(), mapped.size());
  ::mprotect(mapped.data(), mapped.size(), PROT_READ);
  text_ = {mapped.data(), mapped.size()};
}

MemoryFile::~MemoryFile() {
  ::munmap(const_cast<char*>(text_.data()), text_.size());
}

}  // namespace xplenty
