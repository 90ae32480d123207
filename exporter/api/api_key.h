#pragma once

#include <memory>
#include <string>

#include "base/logger.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/secret.h"

namespace xplenty {

// The API key of one account; safe from any thread. A key is 1 to 4096 visible ASCII characters
// other than a colon, which would end the user name of HTTP Basic (RFC 7617, section 2). No error
// holds any of it.
class ApiKey {
 public:
  // A key that never changes; `source` names where it came from ("XPLENTY_API_KEY") in an error.
  static Result<std::unique_ptr<ApiKey>> FromLiteral(Secret key, const std::string& source);

  // A key in a file, blanks and line ends around it aside. `logger` must outlive it.
  static Result<std::unique_ptr<ApiKey>> FromFile(std::string path, Logger& logger);

  Secret Load() const;

  // Reads the file again: whether the key changed. On an error the old key stays. For a literal
  // key it does nothing.
  Result<bool> Reload();

  // The same; the log says that the key has changed, and once why it could not be read. Files are
  // small and may be exchanged by a link, so that their times tell nothing.
  void Follow();

 private:
  ApiKey(Secret key, std::string path, Logger* logger);

  const std::string path_;  // empty: a literal
  Logger* const logger_;    // null: likewise
  mutable Mutex mutex_;
  Secret key_ GUARDED_BY(mutex_);
  std::string problem_ GUARDED_BY(mutex_);  // with the file; empty: none
};

}  // namespace xplenty
