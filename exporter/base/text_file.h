#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace xplenty {

// The content of a regular file, of at most `max_bytes`. Never blocks on a pipe or reads an endless
// device. The error (kInvalidArgument) is the reason alone: the caller names the file.
Result<std::string> ReadTextFile(const std::string& path, size_t max_bytes);

}  // namespace xplenty
