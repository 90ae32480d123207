#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "collector/family_spec.h"

namespace xplenty {

// The families here are shown only if the config asks for them.

// Returns the families of one unfinished job.
const std::vector<FamilySpec<UnfinishedJob>>& PerJobFamilies();

// Returns the family of the number of unfinished jobs that the above leave out.
const std::vector<FamilySpec<size_t>>& UnlistedJobFamilies();

// A package and how often it should succeed.
using ExpectedInterval = std::pair<const std::string, std::chrono::milliseconds>;

// Returns the family of one expected interval.
const std::vector<FamilySpec<ExpectedInterval>>& ExpectedIntervalFamilies();

}  // namespace xplenty
