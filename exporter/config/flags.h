#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace xplenty {

// A command line: it either runs the program with flags, or prints something and exits.
struct CommandLine {
  // How the program exits at once.
  struct Exit {
    int code{};        // 0, or 2 if the usage is wrong.
    std::string text;  // For standard output if the code is 0, else for standard error.
  };
  std::map<std::string, std::vector<std::string>> flags{};  // Values by the setting's name.
  std::optional<Exit> exit{};
};

// Returns the exit of a program whose usage or config is wrong. `what` has a line for each mistake.
CommandLine::Exit UsageError(const std::string& what);

// Reads flags as `--flag=value` or `--flag value`. The table of settings names them; ConfigSource
// checks their values. --version prints `version_text`.
CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& version_text);

}  // namespace xplenty
