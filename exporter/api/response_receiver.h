#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/list_jobs.h"

namespace xplenty {

// Collects one HTTP response, up to a limit for its body and one for its headers.
class ResponseReceiver {
 public:
  explicit ResponseReceiver(size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // Take a part of the body, after decompression, and one line of the head. They return how many
  // bytes they took: all, or 0 if the response is too large, and then nothing may follow.
  size_t TakeBody(std::string_view bytes);
  size_t TakeHeader(std::string_view line);

  // Returns what has arrived, without a status.
  RawResponse& response() { return response_; }
  // Returns whether anything has arrived.
  bool begun() const { return header_bytes_ > 0; }
  // Returns whether the head has begun and not ended.
  bool in_head() const { return in_head_; }
  // Returns which limit the response exceeds; empty if none.
  const std::string& too_large() const { return too_large_; }

 private:
  RawResponse response_;
  std::string too_large_;
  size_t max_body_bytes_;
  size_t header_bytes_ = 0;
  bool in_head_ = false;
};

}  // namespace xplenty
