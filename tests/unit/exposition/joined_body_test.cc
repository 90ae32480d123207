#include "exposition/joined_body.h"

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/gunzip.h"

namespace xplenty::joined_body_test {
namespace {

EncodedBlocks BlocksOf(const std::vector<std::string>& texts) {
  EncodedBlocks blocks;
  for (const std::string& text : texts) blocks.push_back(std::make_shared<EncodedBlock>(text));
  return blocks;
}

std::string Text(const EncodedBlocks& blocks, const std::string& tail = "") {
  return JoinedBody(blocks, Coding::kIdentity).With(tail).ToString();
}

std::string Gzip(const EncodedBlocks& blocks) {
  return JoinedBody(blocks, Coding::kGzip).With("").ToString();
}

TEST(JoinedBody, SharesTheTextOfItsBlocks) {
  const EncodedBlocks blocks = BlocksOf({"a 1\n", "b 2\n"});
  const ResponseBody body = JoinedBody(blocks, Coding::kIdentity).With("c 3\n");
  ASSERT_EQ(body.parts().size(), 3U);
  EXPECT_EQ(body.parts()[0].get(), &blocks[0]->text());
  EXPECT_EQ(body.parts()[1].get(), &blocks[1]->text());
}

TEST(JoinedBody, IsOneGzipMember) {
  const EncodedBlocks blocks = BlocksOf({"# TYPE a gauge\na 1\n", "b 2\n", "c 3\n"});
  EXPECT_EQ(Text(blocks), "# TYPE a gauge\na 1\nb 2\nc 3\n");
  EXPECT_EQ(GunzipOneMember(Gzip(blocks)), Text(blocks));
}

TEST(JoinedBody, MayHaveNoBlocks) {
  EXPECT_EQ(Text({}), "");
  EXPECT_EQ(GunzipOneMember(Gzip({})), "");
}

TEST(JoinedBody, TakesTailsOfAnySize) {
  const EncodedBlocks blocks = BlocksOf({"a 1\n", std::string(1000, 'a'), ""});
  const JoinedBody gzip(blocks, Coding::kGzip);
  for (const size_t size : {0U, 1U, 65'535U, 65'536U, 200'000U}) {
    const std::string tail(size, 'x');
    EXPECT_EQ(Text(blocks, tail), Text(blocks) + tail);
    EXPECT_EQ(GunzipOneMember(gzip.With(tail).ToString()), Text(blocks, tail));
    EXPECT_EQ(gzip.With(tail).size(), gzip.With(tail).ToString().size());
  }
}

TEST(JoinedBody, TakesEmptyBlocksAnywhere) {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{""}, {"", "a\n"}, {"a\n", ""}, {"a\n", "", "b\n"}, {"", ""}}) {
    const EncodedBlocks blocks = BlocksOf(texts);
    EXPECT_EQ(GunzipOneMember(Gzip(blocks)), Text(blocks));
  }
}

TEST(JoinedBody, RepeatsBlocksInAnyOrder) {
  const auto a = std::make_shared<const EncodedBlock>("the first piece of text\n");
  const auto b = std::make_shared<const EncodedBlock>("the first piece of text, or the second\n");
  EXPECT_EQ(GunzipOneMember(Gzip({b, a, b, a, a})),
            b->text() + a->text() + b->text() + a->text() + a->text());
}

TEST(JoinedBody, TakesManyBlocksOfEverySize) {
  std::mt19937 random(1);
  std::vector<std::string> texts;
  for (size_t size = 0; size < 300; ++size) {
    std::string text;
    for (size_t i = 0; i < size * size; ++i) {
      text += static_cast<char>(size % 3 == 0 ? random() % 256 : 'a' + random() % 4);
    }
    texts.push_back(std::move(text));
  }
  const EncodedBlocks blocks = BlocksOf(texts);
  EXPECT_EQ(GunzipOneMember(Gzip(blocks)), Text(blocks));
}

TEST(EncodedBlock, DeflatesRepetitions) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "xplenty_jobs{package=\"" + std::to_string(i) + "\"} 1\n";
  EXPECT_LT(EncodedBlock(text).deflated().size(), text.size() / 5);
}

}  // namespace
}  // namespace xplenty::joined_body_test
