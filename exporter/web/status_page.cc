#include "web/status_page.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <openssl/evp.h>

#include "base/duration.h"
#include "base/timestamp.h"
#include "web/html.h"

namespace xplenty {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --text: #1c2024; --back: #ffffff; --soft: #5a6270;
  --line: #d5d9df; --good: #17703a; --bad: #b3261e; --link: #0b57b0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --back: #15181c; --soft: #a3abb6; --line: #3a414a; --good: #6fd394;
    --bad: #ff8a80; --link: #8ab8ff; }
}
body { margin: 0 auto; padding: 1rem; max-width: 48rem; color: var(--text);
  background: var(--back); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
p { margin: 0.25rem 0; color: var(--soft); }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1rem 0; padding: 0;
  list-style: none; }
table { width: 100%; margin: 1.5rem 0; border-collapse: collapse; table-layout: fixed; }
caption { padding: 0.25rem 0; font-size: 1.2rem; font-weight: 600; text-align: left; }
caption, td, th { overflow-wrap: anywhere; }
th, td { padding: 0.3rem 0.5rem 0.3rem 0; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { width: 40%; font-weight: 400; color: var(--soft); }
td { font-variant-numeric: tabular-nums; }
.up { color: var(--good); font-weight: 600; }
.down { color: var(--bad); font-weight: 600; }
)";

std::string Sha256Base64(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

void AppendRow(std::string_view name, std::string_view html, std::string& out) {
  out += "<tr><th scope=\"row\">" + EscapeHtml(name) + "</th><td>";
  out += html;
  out += "</td></tr>\n";
}

std::string TimeHtml(const std::optional<WallTime>& time, WallTime now) {
  if (!time) return "never";
  using std::chrono::seconds;
  const std::string iso = FormatIso8601(std::chrono::floor<seconds>(*time));
  const seconds age = std::max(std::chrono::duration_cast<seconds>(now - *time), seconds(0));
  return "<time datetime=\"" + iso + "\">" + iso + "</time> (" + FormatDuration(age) + " ago)";
}

std::string BudgetHtml(const StatusPage::Account& account) {
  const auto number = [](const std::optional<int64_t>& value) {
    return value ? std::to_string(*value) : std::string("unknown");
  };
  if (!account.rate_limit && !account.rate_remaining) return "not reported";
  return number(account.rate_remaining) + " of " + number(account.rate_limit) + " left";
}

void AppendAccount(const StatusPage::Account& account, WallTime now, std::string& out) {
  out += "<table>\n<caption>" + EscapeHtml(account.name) + "</caption>\n<tbody>\n";
  AppendRow("API", account.up ? "<span class=\"up\">up</span>" : "<span class=\"down\">down</span>",
            out);
  if (!account.last_error.empty()) AppendRow("Last error", EscapeHtml(account.last_error), out);
  AppendRow("Last refresh", TimeHtml(account.last_refresh, now), out);
  AppendRow("Last successful refresh", TimeHtml(account.last_success, now), out);
  AppendRow("API request budget", BudgetHtml(account), out);
  AppendRow("Packages", std::to_string(account.packages), out);
  for (const auto& [status, jobs] : account.jobs_by_status) {
    AppendRow("Jobs: " + status, std::to_string(jobs), out);
  }
  out += "</tbody>\n</table>\n";
}

std::string VersionLine(const StatusPage& page) {
  std::string line = "Version " + EscapeHtml(page.version);
  if (!page.revision.empty()) line += ", revision " + EscapeHtml(page.revision);
  return line;
}

}  // namespace

std::string RenderStatusPage(const StatusPage& page, WallTime now) {
  std::string out =
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"15\">\n"
      "<title>Xplenty exporter</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<style>";
  out += kStyle;
  out +=
      "</style>\n"
      "</head>\n"
      "<body>\n"
      "<header>\n"
      "<h1>Xplenty exporter</h1>\n"
      "<p>Prometheus metrics of Integrate.io ETL (Xplenty) jobs. ";
  out += VersionLine(page);
  out +=
      ".</p>\n"
      "<nav aria-label=\"Endpoints\"><ul>\n"
      "<li><a href=\"";
  out += EscapeHtml(page.telemetry_path);
  out +=
      "\">Metrics</a></li>\n"
      "<li><a href=\"/-/healthy\">Health</a></li>\n"
      "<li><a href=\"/-/ready\">Readiness</a></li>\n"
      "</ul></nav>\n"
      "</header>\n"
      "<main>\n";
  for (const StatusPage::Account& account : page.accounts) AppendAccount(account, now, out);
  if (page.accounts.empty()) out += "<p>No account is configured.</p>\n";
  out +=
      "</main>\n"
      "</body>\n"
      "</html>\n";
  return out;
}

std::string_view StatusPageCsp() {
  static const std::string csp = "default-src 'none'; style-src 'sha256-" + Sha256Base64(kStyle) +
                                 "'; img-src data:; base-uri 'none'; form-action 'none'; "
                                 "frame-ancestors 'none'";
  return csp;
}

}  // namespace xplenty
