#pragma once

namespace xplenty {

// The whole program; returns its exit code: 0 done, 1 failed, 2 wrong usage.
int Run(int argc, const char* const* argv);

}  // namespace xplenty
