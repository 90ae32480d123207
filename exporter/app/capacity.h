#pragma once

#include <string>

#include "config/config.h"

namespace xplenty {

// Returns what the settings cost in series and what fits under the series cap of an account, as
// lines of text for people.
std::string CapacityText(const Config& config);

}  // namespace xplenty
