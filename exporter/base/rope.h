#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/chunk.h"
#include "base/memory_file.h"

namespace xplenty {

// Text in pieces, none of which is copied to put it together or to share it. Cheap to make of what
// is kept in runs of pieces.
class Rope {
 public:
  using Piece = std::shared_ptr<const std::string>;
  struct Run {
    std::vector<Piece> pieces{};               // none is null
    std::shared_ptr<const MemoryFile> file{};  // behind them; may be null
    size_t size{};                             // of all of it
  };

  Rope() = default;
  Rope(const Piece& piece) {  // NOLINT(google-explicit-constructor): it is one
    Append(std::make_shared<const Run>(Run{.pieces = {piece}, .size = piece->size()}));
  }

  void Append(std::shared_ptr<const Run> run) {
    size_ += run->size;
    runs_.push_back(std::move(run));
  }

  size_t size() const { return size_; }

  // Calls `take` with each piece in turn, as a chunk.
  template <typename Take>
  void ForEach(Take take) const {
    for (const auto& run : runs_) {
      for (const Piece& piece : run->pieces) take(Chunk{.text = *piece});
      if (run->file) take(run->file->chunk());
    }
  }

  std::string Flat() const {
    std::string text;
    text.reserve(size_);
    ForEach([&](const Chunk& chunk) { text += chunk.text; });
    return text;
  }

 private:
  std::vector<std::shared_ptr<const Run>> runs_;
  size_t size_ = 0;
};

}  // namespace xplenty
