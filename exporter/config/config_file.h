#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace xplenty {

// Reads the file of --config.file into the config: settings, labels, buckets and accounts. `text`
// is the file's content and `path` its place: relative paths in it are taken from its folder.
// Checks everything but the files that it names. The error's message has a line
// "PATH:LINE:COLUMN: what" for each mistake; the config is then of no use.
Status ParseConfigFile(std::string_view text, const std::string& path, Config& config);

}  // namespace xplenty
