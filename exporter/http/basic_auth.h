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

// Checks passwords against bcrypt hashes (RFC 7617, "Basic"). A check costs tens of milliseconds of
// a core and more, by design. So one runs at a time, few wait for it, and what came out is
// remembered, under a salted hash. A user that does not exist costs a check, too. Safe from any
// thread.
class BasicAuth {
 public:
  enum class Verdict {
    kAllowed,
    kDenied,
    kBusy,  // too many unknown passwords wait to be checked
  };

  // `max_waiting` calls wait at a time, the one whose check runs among them.
  explicit BasicAuth(size_t max_waiting);

  // `users` has hashes by name, at least one; `authorization` is the header's value.
  Verdict Check(const std::map<std::string, std::string>& users, std::string_view authorization);

 private:
  using Digest = std::array<uint8_t, 32>;
  // Remembers the last so many; those denied apart, lest they push out those allowed.
  static constexpr size_t kRemembered = 100;

  Digest DigestOf(std::string_view user, std::string_view hash, std::string_view password) const;
  bool Recall(const Digest& digest, Verdict& verdict);

  const size_t max_waiting_;
  const Digest salt_;
  Mutex checking_;  // held during a check
  Mutex mutex_;
  size_t waiting_ GUARDED_BY(mutex_) = 0;
  std::deque<Digest> allowed_ GUARDED_BY(mutex_);
  std::deque<Digest> denied_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
