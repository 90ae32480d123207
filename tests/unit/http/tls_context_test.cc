#include "http/tls_context.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/self_signed.h"

namespace xplenty::tls_context_test {
namespace {

using testing::HasSubstr;

TlsOptions Good() {
  const SelfSigned made = SelfSigned::Make();
  return {.certificate = made.certificate, .key = Secret(made.key)};
}

std::string ErrorOf(const TlsOptions& options) {
  const auto context = TlsContext::Create(options);
  EXPECT_FALSE(context);
  return context ? "" : context.error().message;
}

// tests/e2e/web_config_test.py tests the effect on connections with real clients.
TEST(TlsContext, TakesACertificateWithItsKey) {
  EXPECT_TRUE(TlsContext::Create(Good()));
}

TEST(TlsContext, TakesAChainAndTextAround) {
  TlsOptions options = Good();
  options.certificate = "subject: x\n" + options.certificate + SelfSigned::Make().certificate;
  EXPECT_TRUE(TlsContext::Create(options));
}

TEST(TlsContext, NamesTheCertificateError) {
  TlsOptions options = Good();
  for (const std::string& wrong :
       {std::string(), std::string("no PEM"), options.key.Reveal(),
        options.certificate.substr(0, options.certificate.size() / 2),
        options.certificate + options.certificate.substr(0, options.certificate.size() / 2)}) {
    options.certificate = wrong;
    EXPECT_THAT(ErrorOf(options), HasSubstr("cert: not a PEM file with a certificate")) << wrong;
  }
}

TEST(TlsContext, NamesTheKeyError) {
  TlsOptions options = Good();
  options.key = Secret(SelfSigned::Make().key);
  EXPECT_EQ(ErrorOf(options), "the key is not that of the certificate: key values mismatch");
  for (const char* wrong : {"", "no PEM",
                            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                            "-----END ENCRYPTED PRIVATE KEY-----\n"}) {
    options.key = Secret(wrong);
    EXPECT_THAT(ErrorOf(options), HasSubstr("key: not a PEM file with a private key")) << wrong;
  }
}

TEST(TlsContext, NamesTheClientCaError) {
  TlsOptions options = Good();
  options.client_ca = "no PEM";
  options.request_client_cert = true;
  EXPECT_THAT(ErrorOf(options), HasSubstr("client_ca: not a PEM file with certificates"));
}

TEST(TlsContext, NamesAnUnknownCipher) {
  TlsOptions options = Good();
  options.cipher_suites = {"TLS_NO"};
  EXPECT_THAT(ErrorOf(options), HasSubstr("unknown cipher: TLS_NO"));
}

TEST(TlsContext, NeedsACipherForEachVersion) {
  TlsOptions options = Good();
  options.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
  EXPECT_TRUE(TlsContext::Create(options));
  options.max_minor = 2;
  EXPECT_THAT(ErrorOf(options), HasSubstr("cipher_suites has none for max_version"));
}

}  // namespace
}  // namespace xplenty::tls_context_test
