#include "http/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/ipv6_loopback.h"

namespace xplenty::listener_test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST(Listener, ReportsThePortItGot) {
  const auto listener = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_THAT(listener->address(), MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
}

TEST(Listener, AcceptsBracketedIpv6Addresses) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "this machine has no ::1";
  const auto listener = Listener::Bind("[::1]:0");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_THAT(listener->address(), StartsWith("[::1]:"));
}

TEST(Listener, TakesAName) {
  const auto listener = Listener::Bind("localhost:0");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_THAT(listener->address(), Not(HasSubstr("localhost")));
}

TEST(Listener, ReportsAPortInUse) {
  const auto first = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(first);
  const auto second = Listener::Bind(first->address());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "listen on " + first->address() + ": Address already in use");
}

TEST(Listener, ReportsAPortInUseOnWildcard) {
  const auto first = Listener::Bind(":0");
  ASSERT_TRUE(first) << first.error().message;
  const std::string port = first->address().substr(first->address().rfind(':'));
  const auto second = Listener::Bind(port);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "listen on " + port + ": Address already in use");
}

TEST(Listener, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", "10740", "127.0.0.1", "::1:10740", "[::1]", "[::1:10740", "[]:1",
        "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1 "}) {
    const auto listener = Listener::Bind(address);
    ASSERT_FALSE(listener) << address;
    EXPECT_THAT(listener.error().message, HasSubstr("expected host:port")) << address;
  }
}

TEST(Listener, NamesAnUnbindableHost) {
  const auto listener = Listener::Bind("192.0.2.1:0");  // reserved for documentation
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error().message, HasSubstr("listen on 192.0.2.1:0: "));
}

}  // namespace
}  // namespace xplenty::listener_test
