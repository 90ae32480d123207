#pragma once

#include <string_view>

#include "base/chunk.h"
#include "base/file_descriptor.h"

namespace xplenty {

// A copy of a text in a file that is in memory alone (memfd_create(2)), from which it can be sent
// without being copied again. Immutable, safe from any thread. Takes a descriptor while it lives;
// when there is none to be had, it keeps the text without a file.
class MemoryFile {
 public:
  // Throws std::bad_alloc. `text` is not empty.
  explicit MemoryFile(std::string_view text);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  Chunk chunk() const { return {.text = text_, .file = file_.get()}; }

 private:
  FileDescriptor file_;
  std::string_view text_;  // mapped
};

}  // namespace xplenty
