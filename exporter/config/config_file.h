#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace xplenty {

// Writes into the config what the file of --config.file says: settings, labels, buckets and
// accounts. `text` is its content, `path` where it is: relative paths are taken from its folder.
// Everything is checked but whether the files that it names can be read. The error's message has a
// line "PATH:LINE:COLUMN: what" for each thing that is wrong.
Status ParseConfigFile(std::string_view text, const std::string& path, Config& config);

}  // namespace xplenty
