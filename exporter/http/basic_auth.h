#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace xplenty {

// The result of a password check.
enum class AuthResult {
  kAllowed,
  kDenied,
  kBusy,  // too many passwords wait for a check
};

// Checks passwords of HTTP basic authentication (RFC 7617) against bcrypt hashes. A check takes
// tens of milliseconds of CPU by design, so one runs at a time, few may wait for it, and results
// are cached under a salted hash. An unknown user takes as long as a known one. Safe from any
// thread.
class BasicAuth {
 public:
  // At most `max_waiting` calls wait at a time, including the one whose check runs.
  explicit BasicAuth(size_t max_waiting);

  // Checks the value of an Authorization header. `users` maps names to hashes; it is not empty.
  AuthResult Check(const std::map<std::string, std::string>& users, std::string_view authorization);

 private:
  using Digest = std::array<uint8_t, 32>;
  // The size of each cache. Denied passwords have their own, so they cannot evict allowed ones.
  static constexpr size_t kRemembered = 100;

  Digest DigestOf(std::string_view user, std::string_view hash, std::string_view password) const;
  bool Recall(const Digest& digest, AuthResult& result);

  const size_t max_waiting_;
  const Digest salt_;
  Mutex checking_;  // held during a check
  Mutex mutex_;
  size_t waiting_ GUARDED_BY(mutex_) = 0;
  std::deque<Digest> allowed_ GUARDED_BY(mutex_);
  std::deque<Digest> denied_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
