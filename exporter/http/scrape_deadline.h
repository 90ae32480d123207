#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace xplenty {

// Returns how long a scrape may take: the value of X-Prometheus-Scrape-Timeout-Seconds (seconds as
// a decimal number) less `offset`, at least 0 and at most a day. Without the header, or if it is
// not a positive finite number, 10 s.
std::chrono::milliseconds ScrapeTimeout(std::optional<std::string_view> header,
                                        std::chrono::milliseconds offset);

}  // namespace xplenty
