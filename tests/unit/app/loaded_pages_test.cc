#include "app/loaded_pages.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

int ResidentKibibytesOfFiles() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int kibibytes = 0;
  while (status >> word) {
    if (word == "RssFile:") status >> kibibytes;
  }
  return kibibytes;
}

TEST(LoadedPages, AreResidentAgainOnlyWhenTheyAreUsed) {
  const int before = ResidentKibibytesOfFiles();
  ASSERT_GT(before, 0);
  ReleaseLoadedPages();
  EXPECT_LT(ResidentKibibytesOfFiles(), before);
}

}  // namespace
}  // namespace xplenty
