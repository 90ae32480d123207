#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace xplenty {

// Reads a regular file of at most `max_bytes`. It refuses any other kind of file, so that it never
// blocks on a pipe or reads an endless device. The error (kInvalidArgument) is the reason alone:
// the caller names the file. Safe from any thread.
Result<std::string> ReadTextFile(const std::string& path, size_t max_bytes);

}  // namespace xplenty
