#include "http/basic_auth.h"

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace xplenty::basic_auth_test {
namespace {

// The hash of "right", at the lowest cost.
constexpr const char* kHash = "$2b$04$jTZsZZqiW1fehzSGy9.KJuWbpg059bfUMqNs0/3/QUgziSauxiIE2";
// These are "alice:right", "alice:wrong", "bob:right", "bob:wrong" in Base64.
constexpr const char* kAliceRight = "Basic YWxpY2U6cmlnaHQ=";
constexpr const char* kAliceWrong = "Basic YWxpY2U6d3Jvbmc=";
constexpr const char* kBobRight = "Basic Ym9iOnJpZ2h0";

const std::map<std::string, std::string>& Alice() {
  static const std::map<std::string, std::string> users = {{"alice", kHash}};
  return users;
}

TEST(BasicAuth, AllowsTheUserWithThePassword) {
  BasicAuth auth(4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kAllowed);
    EXPECT_EQ(auth.Check(Alice(), kAliceWrong), AuthResult::kDenied);
  }
  EXPECT_EQ(auth.Check(Alice(), "bAsIc  YWxpY2U6cmlnaHQ= "), AuthResult::kAllowed);
}

// The password of an unknown user is checked against the hash of a known one.
TEST(BasicAuth, DeniesUnknownUserWithRightPassword) {
  BasicAuth auth(4);
  EXPECT_EQ(auth.Check(Alice(), kBobRight), AuthResult::kDenied);
  EXPECT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kAllowed);
  EXPECT_EQ(auth.Check({{"carol", kHash}}, kAliceRight), AuthResult::kDenied) << "no longer a user";
  EXPECT_EQ(auth.Check({{"bob", kHash}}, kBobRight), AuthResult::kAllowed) << "a user now";
}

TEST(BasicAuth, FollowsANewHash) {
  BasicAuth auth(4);
  EXPECT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kAllowed);
  std::string other = kHash;
  other.back() = other.back() == 'a' ? 'e' : 'a';
  EXPECT_EQ(auth.Check({{"alice", other}}, kAliceRight), AuthResult::kDenied);
}

TEST(BasicAuth, DeniesWhatIsNotBasic) {
  BasicAuth auth(1);
  for (const char* value : {"", "Basic", "Basic ", "Basic !!!!", "Basic YWxpY2U", "Basic YWxpY2U=",
                            "Bearer YWxpY2U6cmlnaHQ=", "YWxpY2U6cmlnaHQ=", "Basic ====",
                            "Basic YWxpY2U6cmlnaHQA"}) {  // the last one ends with a zero byte
    EXPECT_EQ(auth.Check(Alice(), value), AuthResult::kDenied) << value;
  }
}

TEST(BasicAuth, IsBusyWhenNoneMayWait) {
  BasicAuth auth(0);
  EXPECT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kBusy);
}

TEST(BasicAuth, DeniedPasswordsEvictNoAllowedOnes) {
  BasicAuth auth(1);
  EXPECT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kAllowed);
  // Slow checks take the only place; the cached password needs none.
  std::string slow = kHash;
  slow.replace(4, 2, "13");
  std::jthread flood([&auth, &slow] {
    for (int i = 0; i < 3; ++i) {
      auth.Check({{"bob", slow}},
                 "Basic Ym9iOnJpZ2h0" + std::string(static_cast<size_t>(i) * 4, 'Q'));
    }
  });
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(auth.Check(Alice(), kAliceRight), AuthResult::kAllowed);
  }
}

TEST(BasicAuth, ChecksForManyThreads) {
  BasicAuth auth(100);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&auth, i] {
      const bool right = i % 2 == 0;
      EXPECT_EQ(auth.Check(Alice(), right ? kAliceRight : kAliceWrong),
                right ? AuthResult::kAllowed : AuthResult::kDenied);
    });
  }
}

}  // namespace
}  // namespace xplenty::basic_auth_test
