#include "http/socket.h"

#include <array>
#include <chrono>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace xplenty {
namespace {

// As where a sandbox forbids sendfile(2).
TEST(Socket, CopiesWhatSendfileRefuses) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  Socket socket{FileDescriptor(ends[0]), nullptr};
  const FileDescriptor peer(ends[1]);
  const FileDescriptor folder(::open(".", O_RDONLY | O_DIRECTORY));  // of which nothing can be sent
  std::array<Chunk, 3> chunks = {
      {{.text = "a "}, {.text = "file", .file = folder.get()}, {.text = " b"}}};
  EXPECT_TRUE(socket.WriteAll(chunks, std::chrono::steady_clock::now() + std::chrono::seconds(60)));
  std::string received(100, '\0');
  received.resize(static_cast<size_t>(::recv(peer.get(), received.data(), received.size(), 0)));
  EXPECT_EQ(received, "a file b");
}

}  // namespace
}  // namespace xplenty
