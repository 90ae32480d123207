#include "base/memory_file.h"

#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace xplenty {
namespace {

TEST(MemoryFile, HasTheSameBytesInMemoryAndInAFile) {
  for (const size_t size : {1U, 4096U, 100'001U}) {
    std::string text(size, 'x');
    text.back() = 'y';
    const auto file = MemoryFile::Make(text);
    ASSERT_TRUE(file);
    Chunk chunk = file->chunk();
    EXPECT_EQ(chunk.text, text);
    chunk.RemovePrefix(size / 2);
    std::string read(chunk.text.size(), '\0');
    const auto offset = static_cast<off_t>(chunk.file_offset);
    EXPECT_EQ(::pread(chunk.file, read.data(), size, offset), std::ssize(read));
    EXPECT_EQ(read, chunk.text);
  }
}

TEST(MemoryFile, IsNotMadeWhenThereIsNoDescriptorLeft) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto file = MemoryFile::Make("text");
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(file, nullptr);
}

}  // namespace
}  // namespace xplenty
