#include "exposition/segment_run.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/gunzip.h"

namespace xplenty {
namespace {

Segments SegmentsOf(const std::vector<std::string>& texts) {
  Segments segments;
  for (const std::string& text : texts) segments.push_back(std::make_shared<const Segment>(text));
  return segments;
}

std::string Text(const Segments& segments) {
  return SegmentRun(segments).Text("").Flat();
}

std::string Gzip(const Segments& segments) {
  return SegmentRun(segments).Gzip("").Flat();
}

TEST(SegmentRun, JoinsIntoOneGzipMemberOfTheSameText) {
  const Segments segments = SegmentsOf({"# TYPE a gauge\na 1\n", "b 2\n", "c 3\n"});
  EXPECT_EQ(Text(segments), "# TYPE a gauge\na 1\nb 2\nc 3\n");
  EXPECT_EQ(GunzipOneMember(Gzip(segments)), Text(segments));
}

TEST(SegmentRun, JoinsNothingIntoAnEmptyMember) {
  EXPECT_EQ(Text({}), "");
  EXPECT_EQ(GunzipOneMember(Gzip({})), "");
}

TEST(SegmentRun, EndsWithATailOfAnySizeEachTime) {
  const SegmentRun run(SegmentsOf({"a 1\n", std::string(1000, 'a'), ""}));
  for (const size_t size : {0U, 1U, 65'535U, 65'536U, 200'000U}) {
    const std::string tail(size, 'x');
    EXPECT_EQ(run.Text(tail).Flat(), run.Text("").Flat() + tail);
    EXPECT_EQ(GunzipOneMember(run.Gzip(tail).Flat()), run.Text(tail).Flat());
    EXPECT_EQ(run.Gzip(tail).size(), run.Gzip(tail).Flat().size());
  }
}

TEST(SegmentRun, MayBeEmptyAnywhere) {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{""}, {"", "a\n"}, {"a\n", ""}, {"a\n", "", "b\n"}, {"", ""}}) {
    const Segments segments = SegmentsOf(texts);
    EXPECT_EQ(GunzipOneMember(Gzip(segments)), Text(segments));
  }
}

TEST(SegmentRun, CanBeUsedTwiceAndInAnyOrder) {
  const auto a = std::make_shared<const Segment>("the first piece of text\n");
  const auto b = std::make_shared<const Segment>("the first piece of text, or the second\n");
  EXPECT_EQ(GunzipOneMember(Gzip({b, a, b, a, a})),
            b->text() + a->text() + b->text() + a->text() + a->text());
}

TEST(SegmentRun, SurvivesManyPiecesOfEverySize) {
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
  EXPECT_EQ(GunzipOneMember(Gzip(segments)), Text(segments));
}

TEST(Segment, CompressesWhatRepeatsItself) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "xplenty_jobs{package=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_LT(Segment(text).deflated().size(), text.size() / 5);
}

}  // namespace
}  // namespace xplenty
