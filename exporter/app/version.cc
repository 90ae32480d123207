#include "app/version.h"

#include <sys/utsname.h>

namespace xplenty {

const char* Version() {
  return XPLENTY_VERSION;
}

const char* Revision() {
  return XPLENTY_REVISION;
}

const char* Compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string VersionText() {
  utsname machine{};
  const bool known = uname(&machine) == 0;
  return std::string("xplenty_exporter, version ") + Version() + " (revision: " + Revision() +
         ")\n  compiler:   " + Compiler() + "\n  platform:   linux/" +
         (known ? machine.machine : "unknown") + "\n";
}

}  // namespace xplenty
