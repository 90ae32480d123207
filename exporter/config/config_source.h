#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "config/config.h"

namespace xplenty {

// Loads the config from its sources. A flag goes before the file of --config.file, that before an
// environment variable, and that before the default. Immutable, safe from any thread.
class ConfigSource {
 public:
  using Flags = std::map<std::string, std::vector<std::string>>;  // Values by the setting's name.

  // Keeps the flags and copies the environment.
  explicit ConfigSource(Flags flags);

  // Returns the config, with the file as it is now. It has at least one account, each with a key or
  // the file of one, and is right as far as that can be decided without the files that it names.
  // The error's message has a line for each mistake, which begins with the flag, the variable, or
  // "FILE:LINE:COLUMN".
  Result<Config> Load() const;

 private:
  Status Read(Config& config) const;
  Status ReadFile(Config& config) const;
  Status NameAccounts(Config& config) const;

  const Flags flags_;
  std::map<std::string, std::string> environment_;  // by the variable's name; no value is empty
  Secret api_key_;  // of XPLENTY_API_KEY; empty: the variable is not set
};

}  // namespace xplenty
