#include "exposition/resent_run.h"

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

std::shared_ptr<const Rope::Run> RunOf(const std::string& text) {
  const auto piece = std::make_shared<const std::string>(text);
  return std::make_shared<const Rope::Run>(
      Rope::Run{.pieces = {piece, piece}, .size = 2 * text.size()});
}

std::string Flat(const std::shared_ptr<const Rope::Run>& run) {
  Rope rope;
  rope.Append(run);
  return rope.Flat();
}

TEST(ResentRun, IsInAFileWhenItHasBeenSentOften) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + ' ';
  const auto run = RunOf(text);
  const ResentRun resent(run);
  EXPECT_EQ(resent.ForSending(), run) << "it may be sent this once";
  for (int i = 0; i < 10; ++i) resent.ForSending();
  const auto often = resent.ForSending();
  EXPECT_TRUE(often->pieces.empty());
  ASSERT_TRUE(often->file);
  EXPECT_GE(often->file->chunk().file, 0);
  EXPECT_TRUE(Flat(often) == text + text);
  EXPECT_EQ(often->size, resent.size());
  EXPECT_EQ(resent.ForSending(), often) << "which is made once";
}

TEST(ResentRun, IsInOneFileForAllThreads) {
  const auto run = RunOf(std::string(500'000, 'x'));
  const ResentRun resent(run);
  std::mutex mutex;
  std::set<std::shared_ptr<const Rope::Run>> sent;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const auto next = resent.ForSending();
          EXPECT_EQ(Flat(next).size(), resent.size());
          const std::lock_guard lock(mutex);
          sent.insert(next);
        }
      });
    }
  }
  EXPECT_EQ(sent.size(), 2U) << "the run and the file";
}

TEST(ResentRun, IsCopiedEachTimeWhenThatIsAsFast) {
  for (const size_t half : {0U, 1'000U, 4'000'000U}) {
    const auto run = RunOf(std::string(half, 'x'));
    const ResentRun resent(run);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(resent.ForSending(), run);
  }
}

}  // namespace
}  // namespace xplenty
