#include "config/web_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"

namespace xplenty::web_config_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr const char* kHash = "$2y$10$O3CNLUR79TS114cpAdOdwunw..S72zRJVaFrUQ3kaqvZatLn14UDO";

WebConfig Parsed(const std::string& text) {
  auto config = ParseWebConfig(text, "/etc/x/web.yml");
  EXPECT_TRUE(config) << config.error().message;
  return config ? std::move(*config) : WebConfig();
}

std::string ErrorOf(const std::string& text) {
  const auto config = ParseWebConfig(text, "web.yml");
  EXPECT_FALSE(config) << text;
  return config ? "" : config.error().message;
}

// tests/e2e/web_config_check_test.py compares the meaning of the files with promtool.
TEST(WebConfig, EmptyFileProtectsNothing) {
  const WebConfig config = Parsed("");
  EXPECT_FALSE(config.tls_enabled);
  EXPECT_TRUE(config.rules.users.empty());
  EXPECT_TRUE(config.rules.headers.empty());
  EXPECT_EQ(config.rules.rate_limit.interval.count(), 0);
}

TEST(WebConfig, HasAllSections) {
  const WebConfig config = Parsed(std::string(R"(
tls_server_config:
  cert_file: server.pem
  key: KEY
  client_ca_file: /run/ca.pem
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [a, "1"]
  min_version: TLS11
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [CurveP521, X25519]
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers: {X-Frame-Options: deny}
rate_limit: {interval: 1m0.5s, burst: 7}
basic_auth_users:
  bob: )") + kHash);
  EXPECT_TRUE(config.tls_enabled);
  EXPECT_EQ(config.tls_files.certificate, "/etc/x/server.pem") << "relative to the file";
  EXPECT_EQ(config.tls_files.client_ca, "/run/ca.pem");
  EXPECT_EQ(config.tls.key, Secret("KEY"));
  EXPECT_TRUE(config.tls.request_client_cert && config.tls.require_client &&
              config.tls.verify_client);
  EXPECT_THAT(config.tls.allowed_sans, ElementsAre("a", "1"));
  EXPECT_EQ(config.tls.min_minor, 1);
  EXPECT_EQ(config.tls.max_minor, 2);
  EXPECT_THAT(config.tls.cipher_suites, ElementsAre("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
  EXPECT_THAT(config.tls.groups, ElementsAre("P-521", "X25519"));
  EXPECT_FALSE(config.tls.prefer_server_ciphers);
  EXPECT_TRUE(config.http2_requested);
  EXPECT_THAT(config.rules.headers, ElementsAre(Pair("X-Frame-Options", "deny")));
  EXPECT_EQ(config.rules.rate_limit.interval, std::chrono::milliseconds(60'500));
  EXPECT_EQ(config.rules.rate_limit.burst, 7);
  EXPECT_THAT(config.rules.users, ElementsAre(Pair("bob", kHash)));
}

TEST(WebConfig, NamesLocationAndExpectation) {
  EXPECT_EQ(ErrorOf("http_server_config:\n  http3: true\n"),
            "web.yml:2:3: unknown key \"http3\" in http_server_config: expected one of http2, "
            "headers");
  EXPECT_EQ(ErrorOf("tls_server_config:\n  curve_preferences:\n  - P256\n"),
            "web.yml:3:5: unknown curve: P256: expected one of CurveP256, CurveP384, CurveP521, "
            "X25519");
}

TEST(WebConfig, RefusesControlCharactersInHeaders) {
  EXPECT_THAT(ErrorOf("http_server_config: {headers: {X-XSS-Protection: \"a\\r\\nX: b\"}}"),
              HasSubstr("web.yml:1:32: X-XSS-Protection: control characters are not allowed"));
}

TEST(WebConfig, TakesDurationsAsGoWritesThem) {
  const auto interval = [](const std::string& text) {
    return Parsed("rate_limit: {burst: 1, interval: " + text + "}")
        .rules.rate_limit.interval.count();
  };
  EXPECT_EQ(interval("100ms"), 100'000'000);
  EXPECT_EQ(interval("1.5h"), 5'400'000'000'000);
  EXPECT_EQ(interval("3us2ns"), 3'002);
  EXPECT_EQ(interval("0"), 0);
  for (const char* wrong : {"1", "s", "-1s", "1d", "1..s", "\"\"", "1e9s", "9999999999h"}) {
    EXPECT_THAT(ErrorOf("rate_limit: {burst: 1, interval: " + std::string(wrong) + "}"),
                HasSubstr("web.yml:1:24: interval: a duration"))
        << wrong;
  }
}

TEST(Yaml, IsReadWithItsPlaces) {
  const auto root = ParseYaml("a: 1\nb:\n  - x\n  - 'y'\n", "f");
  ASSERT_TRUE(root);
  ASSERT_EQ(root->kind, YamlNode::Kind::kMap);
  ASSERT_EQ(root->items.size(), 2U);
  EXPECT_EQ(root->items[0].key, "a");
  EXPECT_EQ(root->items[0].text, "1");
  EXPECT_TRUE(root->items[0].plain);
  const YamlNode& list = root->items[1];
  EXPECT_EQ(list.line, 2);
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1].line, 4);
  EXPECT_EQ(list.items[1].column, 5);
  EXPECT_FALSE(list.items[1].plain);
}

TEST(Yaml, IsRefusedWhenNotPlain) {
  for (const char* text :
       {"a: 1\na: 2", "[a]: 1", "? \n: 1", "{a: 1}: 2", "&a [*a]", "a: &x b\nc: *x", "a\n---\nb",
        "{", "a: b: c", "a: \"\\q\"", "%YAML 9.9\n--- a"}) {
    EXPECT_FALSE(ParseYaml(text, "f")) << text;
  }
  std::string deep(100'000, '[');
  EXPECT_FALSE(ParseYaml(deep, "f"));
}

}  // namespace
}  // namespace xplenty::web_config_test
