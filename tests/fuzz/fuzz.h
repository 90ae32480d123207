#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Each target defines this function for one input. libFuzzer calls it, or replay_main.cc.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace xplenty {

// Unless `holds`, prints what is broken and aborts, which makes the input a finding.
void Require(bool holds, std::string_view what);

std::string_view AsText(const uint8_t* data, size_t size);

// Removes the first line from the front of `rest` and returns it without its LF.
std::string_view TakeLine(std::string_view& rest);

// Returns whether the text is valid UTF-8 (RFC 3629) without control characters. It is written
// independently of base/utf8.h, as it checks that.
bool IsCleanText(std::string_view text);

inline bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace xplenty
