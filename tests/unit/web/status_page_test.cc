#include "web/status_page.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/timestamp.h"

namespace xplenty {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const WallTime kNow = *ParseIso8601("2026-03-01T09:30:00Z");

StatusPage Example() {
  StatusPage page;
  page.version = "1.2.3";
  page.revision = "abc123";
  page.telemetry_path = "/metrics";
  StatusPage::Account account;
  account.name = "Acme";
  account.up = true;
  account.last_refresh = kNow - std::chrono::seconds(90);
  account.last_success = kNow - std::chrono::hours(2);
  account.rate_limit = 5000;
  account.rate_remaining = 4321;
  account.packages = 17;
  account.jobs_by_status = {{"running", 3}, {"failed", 12}};
  page.accounts.push_back(account);
  return page;
}

std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const size_t begin = text.find(from) + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

// The names of the elements that are opened and not closed in their order; empty when all are.
std::vector<std::string> Unclosed(const std::string& html) {
  const std::vector<std::string> kVoid = {"!DOCTYPE", "meta", "link"};
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool closes = html[at + 1] == '/';
    const size_t begin = at + (closes ? 2 : 1);
    const std::string name = html.substr(begin, html.find_first_of(" >", begin) - begin);
    if (closes) {
      if (open.empty() || open.back() != name) return {"</" + name};
      open.pop_back();
    } else if (std::ranges::find(kVoid, name) == kVoid.end()) {
      open.push_back(name);
    }
  }
  return open;
}

TEST(StatusPage, IsAWholeHtml5Document) {
  const std::string html = RenderStatusPage(Example(), kNow);
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("<title>Xplenty exporter</title>"));
  EXPECT_THAT(html, HasSubstr("<meta name=\"viewport\""));
  EXPECT_THAT(html, HasSubstr("<meta http-equiv=\"refresh\" content=\"15\">"));
  EXPECT_EQ(html.find("<h1>"), html.rfind("<h1>"));
  EXPECT_TRUE(Unclosed(html).empty()) << Unclosed(html).back();
}

TEST(StatusPage, LinksToTheEndpoints) {
  StatusPage page = Example();
  page.telemetry_path = "/my\"metrics";
  const std::string html = RenderStatusPage(page, kNow);
  EXPECT_THAT(html, HasSubstr("<a href=\"/my&quot;metrics\">"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/-/healthy\">"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/-/ready\">"));
}

TEST(StatusPage, ShowsTheStateOfEachAccount) {
  StatusPage page = Example();
  page.accounts.push_back({.name = "Other", .up = false, .last_error = "refused"});
  const std::string html = RenderStatusPage(page, kNow);
  const std::string acme = Between(html, "<caption>Acme", "</table>");
  EXPECT_THAT(acme, HasSubstr(">up<"));
  EXPECT_THAT(acme, Not(HasSubstr("Last error")));
  EXPECT_THAT(acme, HasSubstr("2026-03-01T09:28:30Z</time> (1m30s ago)"));
  EXPECT_THAT(acme, HasSubstr("4321 of 5000 left"));
  EXPECT_THAT(acme, HasSubstr("<th scope=\"row\">Jobs: failed</th><td>12</td>"));
  const std::string other = Between(html, "<caption>Other", "</table>");
  EXPECT_THAT(other, HasSubstr(">down<"));
  EXPECT_THAT(other, HasSubstr("<td>refused</td>"));
  EXPECT_THAT(other, HasSubstr("<td>never</td>"));
  EXPECT_THAT(other, HasSubstr("not reported"));
}

TEST(StatusPage, SaysWhenThereIsNoAccount) {
  StatusPage page;
  EXPECT_THAT(RenderStatusPage(page, kNow), HasSubstr("No account is configured."));
}

TEST(StatusPage, EscapesEveryText) {
  constexpr char kHostile[] = "</td><script>alert('1')</script>\"&";
  StatusPage page = Example();
  page.version = page.revision = page.telemetry_path = kHostile;
  page.accounts[0].name = page.accounts[0].last_error = kHostile;
  page.accounts[0].jobs_by_status = {{kHostile, 1}};
  const std::string html = RenderStatusPage(page, kNow);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("alert('")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
  EXPECT_TRUE(Unclosed(html).empty());
}

TEST(StatusPage, IsAllowedItsOwnStyleAndNothingElse) {
  const std::string style = Between(RenderStatusPage(Example(), kNow), "<style>", "</style>");
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  EVP_Digest(style.data(), style.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 64> encoded{};
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  const std::string hash = reinterpret_cast<const char*>(encoded.data());
  EXPECT_EQ(StatusPageCsp(),
            "default-src 'none'; style-src 'sha256-" + hash +
                "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

TEST(StatusPage, LoadsNothing) {
  const std::string html = RenderStatusPage(Example(), kNow);
  for (const char* trace :
       {" src=", "<script", " style=", " onclick", "http://", "https://", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(trace)));
  }
}

}  // namespace
}  // namespace xplenty
