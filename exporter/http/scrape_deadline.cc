#include "http/scrape_deadline.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace xplenty {
namespace {

std::optional<double> ParseSeconds(std::string_view text) {
  text = TrimBlanks(text);
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(seconds) || seconds <= 0) return std::nullopt;
  return seconds;
}

}  // namespace

std::chrono::milliseconds ScrapeTimeout(std::optional<std::string_view> header,
                                        std::chrono::milliseconds offset,
                                        std::chrono::milliseconds without_header) {
  using std::chrono::milliseconds;
  constexpr double kMaxSeconds = 24 * 3600;
  const std::optional<double> seconds = header ? ParseSeconds(*header) : std::nullopt;
  if (!seconds) return without_header;
  const milliseconds timeout(std::llround(std::min(*seconds, kMaxSeconds) * 1000));
  return std::max(timeout - offset, milliseconds(0));
}

}  // namespace xplenty
