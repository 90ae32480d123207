#include "base/memory_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace xplenty {
namespace {

FileDescriptor Create() {
  constexpr unsigned kNoExecSeal = 8;  // MFD_NOEXEC_SEAL: Linux 6.3 and later complain without it
  FileDescriptor file(::memfd_create("text", MFD_CLOEXEC | kNoExecSeal));
  if (file.is_open() || errno != EINVAL) return file;
  return FileDescriptor(::memfd_create("text", MFD_CLOEXEC));
}

}  // namespace

std::shared_ptr<const MemoryFile> MemoryFile::Make(std::string_view text) {
  FileDescriptor file = Create();
  // To write to pages that were not reserved would end the process where memory is short.
  if (!file.is_open() || ::fallocate(file.get(), 0, 0, static_cast<off_t>(text.size())) != 0) {
    return nullptr;
  }
  // Written through the mapping, for memory that is not mapped is missing in the RSS of a process.
  void* const mapped =
      ::mmap(nullptr, text.size(), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const bytes = static_cast<char*>(mapped);
  text.copy(bytes, text.size());
  ::mprotect(mapped, text.size(), PROT_READ);
  return std::shared_ptr<const MemoryFile>(new MemoryFile(std::move(file), {bytes, text.size()}));
}

MemoryFile::~MemoryFile() {
  ::munmap(const_cast<char*>(text_.data()), text_.size());
}

}  // namespace xplenty
