#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace xplenty {

// Holds a password or key that must never be shown. It cannot be streamed, formatted or converted,
// only read by Reveal(), which a reviewer can search for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // Returns the secret as text.
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string value_;
};

}  // namespace xplenty
