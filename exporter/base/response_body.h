#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace xplenty {

// An immutable response body made of shared strings, to be sent by writev(2) or sendmsg(2).
// Appending and copying a body never copies text. Not thread-safe; the strings are.
class ResponseBody {
 public:
  using Part = std::shared_ptr<const std::string>;

  ResponseBody() = default;
  explicit ResponseBody(std::string text) { Append(std::move(text)); }

  // Appends a string, which is not null; an empty one adds no part.
  void Append(Part part) {
    if (part->empty()) return;
    size_ += part->size();
    parts_.push_back(std::move(part));
  }
  void Append(std::string text) { Append(std::make_shared<const std::string>(std::move(text))); }

  // The parts in the order in which they are sent. None is null or empty.
  const std::vector<Part>& parts() const { return parts_; }

  // Bytes of all parts together.
  size_t size() const { return size_; }

  // Copies the whole text into one string.
  std::string ToString() const {
    std::string text;
    text.reserve(size_);
    for (const Part& part : parts_) text += *part;
    return text;
  }

 private:
  std::vector<Part> parts_;
  size_t size_ = 0;
};

}  // namespace xplenty
