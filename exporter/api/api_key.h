#pragma once

#include <memory>
#include <string>

#include "base/logger.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/secret.h"

namespace xplenty {

// Holds the API key of one account and reads it again from its file. A key has 1 to 4096 visible
// ASCII characters other than a colon, which would end the user name of HTTP Basic (RFC 7617,
// section 2). No error holds any part of it. Safe from any thread.
class ApiKey {
 public:
  // Makes a key that never changes. An error (kInvalidArgument) names its `source`, such as
  // "XPLENTY_API_KEY".
  static Result<std::unique_ptr<ApiKey>> FromLiteral(Secret key, const std::string& source);

  // Reads the key from a file, without blanks and line ends around it. `logger` must outlive it. An
  // error (kInvalidArgument) names the file.
  static Result<std::unique_ptr<ApiKey>> FromFile(std::string path, Logger& logger);

  // Returns the current key.
  Secret Load() const;

  // Reads the file again and returns whether the key has changed. On an error the current key
  // stays. A literal key never changes.
  Result<bool> Reload();

  // Calls Reload() and logs a change, and each new error once. It reads the file each time, as a
  // file may be replaced through a link, which leaves its time of modification as it was.
  void ReloadIfChanged();

 private:
  ApiKey(Secret key, std::string path, Logger* logger);

  const std::string path_;  // empty for a literal key
  Logger* const logger_;    // null for a literal key
  mutable Mutex mutex_;
  Secret key_ GUARDED_BY(mutex_);
  std::string problem_ GUARDED_BY(mutex_);  // the last error; empty after a success
};

}  // namespace xplenty
