#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"

namespace xplenty {

// Where the config comes from: the defaults, over them the environment, over it the file of
// --config.file, over it the flags.
class ConfigSource {
 public:
  using Flags = std::map<std::string, std::vector<std::string>>;  // by the setting's name

  // Takes the environment as it is now.
  explicit ConfigSource(Flags flags);

  // Reads the file anew. The config has at least one account, each with a key or the file of one,
  // and is right as far as that can be told without the files that it names. The error's message
  // has a line for each thing that is wrong, which names the flag, the variable, or file, line and
  // column.
  Result<Config> Load() const;

 private:
  Status Read(Config& config) const;
  Status ReadFile(Config& config) const;
  Status NameAccounts(Config& config) const;

  const Flags flags_;
  std::map<std::string, std::string> environment_;  // by the variable's name; none is empty
  Secret api_key_;                                  // likewise
};

}  // namespace xplenty
