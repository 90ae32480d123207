#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "http_page_source_fixture.h"
#include "support/self_signed.h"

namespace xplenty::http_page_source_tls_test {
namespace {

class HttpSourceTls : public HttpSource {
 protected:
  HttpSourceTls() : ca_path_(testing::TempDir() + "ca_" + std::to_string(getpid()) + ".pem") {
    std::ofstream(ca_path_) << identity_.certificate;
  }
  ~HttpSourceTls() override { std::filesystem::remove(ca_path_); }

  const SelfSigned identity_ = SelfSigned::Make();
  const std::string ca_path_;
};

TEST_F(HttpSourceTls, RefusesAnUntrustedCertificate) {
  ScriptedServer server({{Ok("[]")}}, &identity_);
  const ApiError error = ErrorAt(server.Url());
  EXPECT_EQ(error.error.code, ErrorCode::kNetwork);
  EXPECT_NE(error.error.message.find("certificate"), std::string::npos) << error.error.message;
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpSourceTls, TrustsTheGivenAuthority) {
  ScriptedServer server({{Ok("[]")}, {Ok("[]")}}, &identity_);
  options_.api.ca_file = ca_path_;
  const auto source = Source(server.Url());
  for (int i = 0; i < 2; ++i) {
    const auto page = Fetch(*source);
    EXPECT_TRUE(page.has_value()) << (page ? "" : page.error().error.message);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpSourceTls, RefusesACertificateForAnotherName) {
  ScriptedServer server({{Ok("[]")}}, &identity_);
  options_.api.ca_file = ca_path_;
  const ApiError error = ErrorAt("https://localhost:" + std::to_string(server.port()));
  EXPECT_EQ(error.error.code, ErrorCode::kNetwork);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpSourceTls, NamesAMissingCaFile) {
  ScriptedServer server({{Ok("[]")}}, &identity_);
  options_.api.ca_file = "/nonexistent/ca.pem";
  EXPECT_NE(ErrorAt(server.Url()).error.message.find("/nonexistent/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace xplenty::http_page_source_tls_test
