#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "base/chunk.h"
#include "base/file_descriptor.h"

namespace xplenty {

// A copy of a text in a file that is in memory alone (memfd_create(2)), from which it can be sent
// without being copied again. Immutable, safe from any thread. Takes a descriptor while it lives.
class MemoryFile {
 public:
  // Null if the system has no descriptor or no memory for it. `text` is not empty.
  static std::shared_ptr<const MemoryFile> Make(std::string_view text);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  Chunk chunk() const { return {.text = text_, .file = file_.get()}; }

 private:
  MemoryFile(FileDescriptor file, std::string_view text) : file_(std::move(file)), text_(text) {}

  const FileDescriptor file_;
  const std::string_view text_;  // mapped
};

}  // namespace xplenty
