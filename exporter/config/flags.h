#pragma once

#include <optional>
#include <string>

#include "config/config.h"

namespace xplenty {

// What the command line asks for: to run with a config, or to print something and exit.
struct CommandLine {
  Config config;
  struct Exit {
    int code{};        // 0, or 2: wrong usage
    std::string text;  // for standard output if the code is 0, else for standard error
  };
  std::optional<Exit> exit;
};

// Flags as `--flag=value` or `--flag value`, and the environment's XPLENTY_* where no flag is
// given. `version_text` answers --version. Every wrong value is reported with its flag and what is
// expected.
CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& version_text);

}  // namespace xplenty
