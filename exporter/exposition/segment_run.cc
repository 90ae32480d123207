#include "exposition/segment_run.h"

#include <string>
#include <string_view>
#include <utility>

#include "exposition/deflate.h"

namespace xplenty {
namespace {

// The pieces are the texts of the segments, which live as long.
std::shared_ptr<const Rope::Run> RunOf(const Segments& segments) {
  Rope::Run run;
  run.pieces.reserve(segments.size());
  for (const auto& segment : segments) {
    run.pieces.emplace_back(segment, &segment->text());
    run.size += segment->text().size();
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
    : segments_(std::move(segments)), text_(RunOf(segments_)) {}

const SegmentRun::Deflated& SegmentRun::Compressed() const {
  std::call_once(once_, [this] {
    size_t size = 0;
    for (const auto& segment : segments_) size += segment->deflated().size();
    std::string blocks;
    blocks.reserve(size);
    for (const auto& segment : segments_) {
      blocks += segment->deflated();
      deflated_.crc32 = segment->ContinueCrc32(deflated_.crc32);
    }
    deflated_.blocks = RunOf(std::move(blocks));
    deflated_.crc32_operator = Crc32Operator(text_->size);
  });
  return deflated_;
}

uint32_t SegmentRun::ContinueCrc32(uint32_t before) const {
  const Deflated& deflated = Compressed();
  return CombineCrc32(before, deflated.crc32, deflated.crc32_operator);
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
