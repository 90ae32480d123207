#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace xplenty {

// Returns how long a scrape may take: the value of X-Prometheus-Scrape-Timeout-Seconds (seconds as
// a decimal number) less `offset`, at least 0 and at most a day; `without_header` without the
// header, or if it is not a positive finite number.
std::chrono::milliseconds ScrapeTimeout(std::optional<std::string_view> header,
                                        std::chrono::milliseconds offset,
                                        std::chrono::milliseconds without_header);

}  // namespace xplenty
