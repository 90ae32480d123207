#pragma once

#include <string>

namespace xplenty {

// A self-signed certificate for 127.0.0.1 and its key, both in PEM.
struct SelfSigned {
  std::string certificate;
  std::string key;

  static SelfSigned Make();
};

}  // namespace xplenty
