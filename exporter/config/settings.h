#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace xplenty {

// A value that a user can set by a flag, and most also otherwise. The table of them is what the
// command line, its help, the environment and the config file are read by.
struct Setting {
  enum class Kind { kText, kPath, kSwitch, kNumber, kDuration, kChoice, kList };

  std::string name;   // "refresh.min-interval": the flag is "--" and this
  Kind kind{};        // kPath: relative to the file that says it; kList: repeatable
  std::string group;  // in the help
  std::string help;
  std::string standard;  // the default as a text; a list's is set where nothing else is
  std::string variable;  // of the environment; empty: none
  bool in_file = false;  // the key is the name with '_' for '-'
  // Writes what the text says. Otherwise what is wrong with it: "\"x\" is not a duration ...".
  std::function<std::optional<std::string>(Config& config, const std::string& text)> set;

  std::string Key() const;           // "refresh.min_interval"
  std::string_view Section() const;  // "refresh"
};

// All of them, in the order of the help.
const std::vector<Setting>& Settings();

}  // namespace xplenty
