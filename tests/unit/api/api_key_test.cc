#include "api/api_key.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/no_log.h"

namespace xplenty::api_key_test {
namespace {

class ApiKeyFile : public testing::Test {
 protected:
  ApiKeyFile() : path_(testing::TempDir() + "api_key_" + std::to_string(getpid())) {}
  ~ApiKeyFile() override { std::filesystem::remove(path_); }

  void Write(const std::string& text) {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    file << text;
  }

  NoLog log_;
  const std::string path_;
};

TEST_F(ApiKeyFile, TrimsBlanksAroundTheKey) {
  for (const char* text : {"sesame", "sesame\n", " sesame \r\n\n"}) {
    Write(text);
    const auto key = ApiKey::FromFile(path_, log_);
    ASSERT_TRUE(key.has_value()) << text;
    EXPECT_EQ((*key)->Load().Reveal(), "sesame");
  }
}

TEST_F(ApiKeyFile, BadFileIsNamedNotQuoted) {
  const std::string kBad[] = {"",
                              "\n",
                              "ses:ame",
                              "ses ame",
                              "ses\name",
                              std::string("ses\0ame", 7),
                              "s\x7F"
                              "esame",
                              "s\xC3\xA9same",
                              std::string(4097, 's'),
                              std::string(100'000, 's')};
  for (const std::string& text : kBad) {
    Write(text);
    const auto key = ApiKey::FromFile(path_, log_);
    ASSERT_FALSE(key.has_value()) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(key.error().message.find(path_), std::string::npos) << key.error().message;
    EXPECT_EQ(key.error().message.find("ame"), std::string::npos) << key.error().message;
  }
  Write(std::string(4096, 's') + "\n");
  EXPECT_TRUE(ApiKey::FromFile(path_, log_).has_value());
}

TEST_F(ApiKeyFile, UnreadableFileIsExplained) {
  EXPECT_EQ(ApiKey::FromFile("/nonexistent/key", log_).error().message,
            "cannot read API key file /nonexistent/key: No such file or directory");
  EXPECT_EQ(ApiKey::FromFile("/", log_).error().message,
            "cannot read API key file /: not a regular file");
}

TEST_F(ApiKeyFile, IsReadAgainOnReload) {
  Write("first");
  const auto key = ApiKey::FromFile(path_, log_);
  ASSERT_TRUE(key.has_value());
  EXPECT_FALSE((*key)->Reload().value());
  Write("second\n");
  EXPECT_TRUE((*key)->Reload().value());
  EXPECT_EQ((*key)->Load().Reveal(), "second");
  Write("");
  EXPECT_FALSE((*key)->Reload().has_value());
  EXPECT_EQ((*key)->Load().Reveal(), "second");
}

TEST(ApiKey, LiteralKeyNeverChanges) {
  const auto key = ApiKey::FromLiteral(Secret("sesame"), "XPLENTY_API_KEY");
  ASSERT_TRUE(key.has_value());
  EXPECT_FALSE((*key)->Reload().value());
  EXPECT_EQ((*key)->Load().Reveal(), "sesame");
  EXPECT_EQ(ApiKey::FromLiteral(Secret(""), "XPLENTY_API_KEY").error().message,
            "XPLENTY_API_KEY holds no API key");
}

}  // namespace
}  // namespace xplenty::api_key_test
