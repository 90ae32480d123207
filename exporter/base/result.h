#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace xplenty {

// The kind of an error. All but the first and the last are values of the label `reason` of
// xplenty_exporter_refresh_errors_total.
enum class ErrorCode {
  kInvalidArgument,  // A flag, a file or another value from outside is wrong.
  kAuth,             // The API responded 401, 402 or 403.
  kRateLimit,        // The API responded 429, or the rate budget is spent.
  kTimeout,          // A deadline passed.
  kNetwork,          // There was no connection, or it broke, or TLS failed.
  kHttp,             // The API responded with any other status than 200.
  kParse,            // The response is not a page of jobs.
  kStorage,          // The ledger could not be read or written.
  kCancelled,        // The process is stopping.
};

// An error as a value. The message is for people.
struct Error {
  ErrorCode code{};
  std::string message;

  // Returns the same error with its context in front: "context: message".
  [[nodiscard]] Error In(std::string_view context) const {
    return {code, std::string(context) + ": " + message};
  }
};

// Holds a value, or the error that explains why there is none. Members are named as in
// std::expected (C++23). As thread-safe as the value.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{...};` both read well.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Return what is held. They abort the process if it is the other: to ask then is a bug.
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

// The value of a Status without an error.
struct Success {};

// The result of work that yields nothing but success or an error.
using Status = Result<Success>;

// Returns success.
inline Status OkStatus() {
  return Success{};
}

// Returns the error of a Status (or a Result with the same type of error) from the function around
// it.
#define RETURN_IF_ERROR(expression) \
  if (auto returned_status = (expression); !returned_status) return returned_status.error()

}  // namespace xplenty
