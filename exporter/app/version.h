#pragma once

#include <string>

namespace xplenty {

// Of this build. The compiler is named with its version.
const char* Version();
const char* Revision();
const char* Compiler();

// The answer to --version, in the form of Prometheus' own programs.
std::string VersionText();

}  // namespace xplenty
