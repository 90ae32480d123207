#pragma once

#include <cstddef>
#include <string_view>

namespace xplenty {

// Bytes that somebody else keeps, to be sent. Those of a file can be sent by the kernel, uncopied.
struct Chunk {
  std::string_view text{};
  int file = -1;         // a descriptor; -1: they are in memory alone
  size_t file_offset{};  // where in the file they begin

  void RemovePrefix(size_t bytes) {
    text.remove_prefix(bytes);
    file_offset += bytes;
  }
};

}  // namespace xplenty
