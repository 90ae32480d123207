#include "exposition/segment.h"

#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace xplenty {
namespace {

using Segments = std::vector<std::shared_ptr<const Segment>>;

Segments SegmentsOf(const std::vector<std::string>& texts) {
  Segments segments;
  for (const std::string& text : texts) segments.push_back(std::make_shared<const Segment>(text));
  return segments;
}

// The text of the one gzip member that `data` consists of; nothing when there is more or less, or
// when its checksum or length is wrong.
std::optional<std::string> GunzipOneMember(const std::string& data) {
  z_stream stream{};
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return std::nullopt;
  std::string input = data;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string out;
  std::string buffer(65536, '\0');
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, 0, buffer.size() - stream.avail_out);
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return out;
}

TEST(Segment, JoinsIntoOneGzipMemberOfTheSameText) {
  const Segments segments = SegmentsOf({"# TYPE a gauge\na 1\n", "b 2\n", "c 3\n"});
  EXPECT_EQ(JoinText(segments), "# TYPE a gauge\na 1\nb 2\nc 3\n");
  EXPECT_EQ(GunzipOneMember(JoinGzip(segments)), JoinText(segments));
}

TEST(Segment, JoinsNothingIntoAnEmptyMember) {
  EXPECT_EQ(JoinText({}), "");
  EXPECT_EQ(GunzipOneMember(JoinGzip({})), "");
}

TEST(Segment, MayBeEmptyAnywhere) {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{""}, {"", "a\n"}, {"a\n", ""}, {"a\n", "", "b\n"}, {"", ""}}) {
    const Segments segments = SegmentsOf(texts);
    EXPECT_EQ(GunzipOneMember(JoinGzip(segments)), JoinText(segments));
  }
}

TEST(Segment, CanBeUsedTwiceAndInAnyOrder) {
  const auto a = std::make_shared<const Segment>("the first piece of text\n");
  const auto b = std::make_shared<const Segment>("the first piece of text, or the second\n");
  EXPECT_EQ(GunzipOneMember(JoinGzip(Segments{b, a, b, a, a})),
            b->text() + a->text() + b->text() + a->text() + a->text());
}

TEST(Segment, SurvivesManyPiecesOfEverySize) {
  std::mt19937 random(1);
  std::vector<std::string> texts;
  for (size_t size = 0; size < 300; ++size) {
    std::string text;
    for (size_t i = 0; i < size * size; ++i) {
      text += static_cast<char>(size % 3 == 0 ? random() % 256 : 'a' + random() % 4);
    }
    texts.push_back(std::move(text));
  }
  const Segments segments = SegmentsOf(texts);
  EXPECT_EQ(GunzipOneMember(JoinGzip(segments)), JoinText(segments));
}

TEST(Segment, CompressesWhatRepeatsItself) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "xplenty_jobs{package=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_LT(Segment(text).deflated().size(), text.size() / 5);
}

}  // namespace
}  // namespace xplenty
