#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace xplenty {

// How long a scrape may take in all: the X-Prometheus-Scrape-Timeout-Seconds that Prometheus sends
// (a float such as "10" or "1.5") less `offset`, never below 0; a day at most. Without the header,
// or with one that is not a positive finite number, 10 s.
std::chrono::milliseconds ScrapeTimeout(std::optional<std::string_view> header,
                                        std::chrono::milliseconds offset);

}  // namespace xplenty
