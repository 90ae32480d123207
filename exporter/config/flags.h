#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace xplenty {

// What the command line asks for: to run by its flags, or to print something and exit.
struct CommandLine {
  std::map<std::string, std::vector<std::string>> flags{};  // by the setting's name, as given
  struct Exit {
    int code{};        // 0, or 2: wrong usage
    std::string text;  // for standard output if the code is 0, else for standard error
  };
  std::optional<Exit> exit{};
};

// How the program is left when its usage or config is wrong; `what` has a line for each thing.
CommandLine::Exit UsageError(const std::string& what);

// The flags of the table of settings, as `--flag=value` or `--flag value`; their values are read
// by ConfigSource. `version_text` answers --version.
CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& version_text);

}  // namespace xplenty
