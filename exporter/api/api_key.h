#pragma once

#include <memory>
#include <string>

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

  // A key in a file, blanks and line ends around it aside.
  static Result<std::unique_ptr<ApiKey>> FromFile(std::string path);

  Secret Load() const;

  // Reads the file again: whether the key changed. On an error the old key stays. For a literal
  // key it does nothing.
  Result<bool> Reload();

 private:
  ApiKey(Secret key, std::string path);

  const std::string path_;  // empty: a literal
  mutable Mutex mutex_;
  Secret key_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
