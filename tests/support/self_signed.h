#pragma once

#include <string>

namespace xplenty {

// A certificate for 127.0.0.1 that has signed itself, and its key; both PEM.
struct SelfSigned {
  std::string certificate;
  std::string key;

  static SelfSigned Make();
};

}  // namespace xplenty
