#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace xplenty {

// A value that a user can set by a flag, and most also by the environment or the config file. The
// command line, its help, the environment and the config file are all read by the table of them.
struct Setting {
  // How the text of a value is read.
  enum class Kind {
    kText,
    kPath,  // A relative path in the config file is taken from the folder of that file.
    kSwitch,
    kNumber,
    kDuration,
    kChoice,
    kList,  // The flag may be repeated.
  };

  std::string name;  // "refresh.min-interval": the flag is "--" and this.
  Kind kind{};
  std::string group;          // The heading in the help.
  std::string help;           // The description in the help, without a full stop.
  std::string default_value;  // The default as a text.
  std::string env_var;        // The environment variable; empty: there is none.
  bool in_file = false;       // The config file may set it, and so a reload may change it.
  // Writes the value of a text into the config. Returns what is wrong with the text, or nothing:
  // "\"x\" is not a duration such as 15s".
  std::function<std::optional<std::string>(Config& config, const std::string& text)> set;

  // Returns the name as the config file writes it: "refresh.min_interval".
  std::string Key() const;

  // Returns the name of the setting's map in the config file: "refresh".
  std::string_view Section() const;
};

// Returns the table of all settings, in the order of the help. Safe from any thread.
const std::vector<Setting>& Settings();

}  // namespace xplenty
