#include "exposition/segment_run.h"

#include <string>
#include <string_view>
#include <utility>

#include "exposition/deflate.h"

namespace xplenty {
namespace {

// The pieces live as long as their segments.
template <typename PieceOf>
std::shared_ptr<const Rope::Run> RunOf(const Segments& segments, PieceOf piece_of) {
  Rope::Run run;
  run.pieces.reserve(segments.size());
  for (const auto& segment : segments) {
    const std::string& piece = piece_of(*segment);
    run.pieces.emplace_back(segment, &piece);
    run.size += piece.size();
  }
  return std::make_shared<const Rope::Run>(std::move(run));
}

std::shared_ptr<const Rope::Run> RunOf(std::string text) {
  const auto piece = std::make_shared<const std::string>(std::move(text));
  return std::make_shared<const Rope::Run>(Rope::Run{.pieces = {piece}, .size = piece->size()});
}

void AppendLittleEndian(uint32_t value, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> shift) & 0xFF);
  }
}

}  // namespace

SegmentRun::SegmentRun(Segments segments)
    : segments_(std::move(segments)),
      text_(RunOf(segments_,
                  [](const Segment& segment) -> const std::string& { return segment.text(); })) {}

const SegmentRun::Deflated& SegmentRun::Compressed() const {
  std::call_once(once_, [this] {
    deflated_.blocks = RunOf(
        segments_, [](const Segment& segment) -> const std::string& { return segment.deflated(); });
    for (const auto& segment : segments_) {
      deflated_.crc32 = segment->ContinueCrc32(deflated_.crc32);
    }
  });
  return deflated_;
}

uint32_t SegmentRun::ContinueCrc32(uint32_t before) const {
  return CombineCrc32(before, Compressed().crc32, Crc32Operator(text_->size));
}

Rope JoinText(SegmentRuns runs) {
  Rope rope;
  for (const SegmentRun* run : runs) rope.Append(run->text());
  return rope;
}

Rope JoinGzip(SegmentRuns runs) {
  // Magic number, DEFLATE, no flags, no time, "fastest", unknown system.
  constexpr std::string_view kHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff", 10);
  constexpr std::string_view kFinalBlock("\x03\x00", 2);  // the last one, empty
  Rope rope;
  rope.Append(RunOf(std::string(kHeader)));
  uint32_t crc = Crc32("");
  uint64_t length = 0;
  for (const SegmentRun* run : runs) {
    rope.Append(run->deflated());
    crc = run->ContinueCrc32(crc);
    length += run->text()->size;
  }
  std::string end(kFinalBlock);
  AppendLittleEndian(crc, end);
  AppendLittleEndian(static_cast<uint32_t>(length), end);  // modulo 2^32, as section 2.3.1 has it
  rope.Append(RunOf(std::move(end)));
  return rope;
}

}  // namespace xplenty
