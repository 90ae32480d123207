#include "exposition/segment_run.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "exposition/deflate.h"

namespace xplenty {
namespace {

// Magic number, DEFLATE, no flags, no time, "fastest", unknown system.
constexpr std::string_view kGzipHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff", 10);

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

const SegmentRun::Compressed& SegmentRun::InGzip() const {
  std::call_once(once_, [this] {
    size_t size = kGzipHeader.size();
    for (const auto& segment : segments_) size += segment->deflated().size();
    std::string start;
    start.reserve(size);
    start += kGzipHeader;
    uint32_t crc = 0;
    for (const auto& segment : segments_) {
      start += segment->deflated();
      crc = segment->ContinueCrc32(crc);
    }
    compressed_.start.emplace(RunOf(std::move(start)));
    compressed_.crc32 = crc;
  });
  return compressed_;
}

Rope SegmentRun::Text(std::string tail) const {
  Rope rope;
  rope.Append(text_.ForSending());
  rope.Append(RunOf(std::move(tail)));
  return rope;
}

Rope SegmentRun::Gzip(std::string tail) const {
  constexpr std::string_view kFinalBlock("\x03\x00", 2);  // the last one, empty
  const Compressed& compressed = InGzip();
  std::string end = Store(tail);
  end += kFinalBlock;
  AppendLittleEndian(Crc32(tail, compressed.crc32), end);
  // Modulo 2^32, as section 2.3.1 has it.
  AppendLittleEndian(static_cast<uint32_t>(text_.size() + tail.size()), end);
  Rope rope;
  rope.Append(compressed.start->ForSending());
  rope.Append(RunOf(std::move(end)));
  return rope;
}

}  // namespace xplenty
