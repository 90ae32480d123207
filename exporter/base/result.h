#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace xplenty {

// What kind of thing went wrong. The API kinds are the values of the `reason` label of
// xplenty_exporter_refresh_errors_total.
enum class ErrorCode {
  kInvalidArgument,  // a flag, a file or a value from outside is not what was asked for
  kAuth,             // 401, 402, 403
  kRateLimit,        // 429, or our own share of the budget is spent
  kTimeout,          // a deadline passed
  kNetwork,          // no connection, or a broken one; TLS failures too
  kHttp,             // any other status than 200
  kParse,            // the answer is not the page it should be
  kStorage,          // the ledger could not be read or written
  kCancelled,        // the process is stopping
};

struct Error {
  ErrorCode code{};
  std::string message;

  // The same error, told from further out: "context: message".
  [[nodiscard]] Error In(std::string_view context) const {
    return {code, std::string(context) + ": " + message};
  }
};

// A value or the reason why there is none. Members are named as in std::expected (C++23).
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{...};` both read well.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Aborts the process when there is no value: asking is a bug of the caller.
  T& value() {
    if (T* value = std::get_if<0>(&state_)) return *value;
    std::abort();
  }
  const T& value() const {
    if (const T* value = std::get_if<0>(&state_)) return *value;
    std::abort();
  }
  const E& error() const {
    if (const E* error = std::get_if<1>(&state_)) return *error;
    std::abort();
  }

  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

struct Done {};

// The result of work that yields nothing but success: `return Done{};`.
using Status = Result<Done>;

}  // namespace xplenty
