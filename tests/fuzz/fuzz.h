#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// What a target defines: one input, whole. libFuzzer calls it, or replay_main.cc.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace xplenty {

// Tells what is broken and aborts, which makes the input a finding.
void Require(bool holds, std::string_view what);

std::string_view AsText(const uint8_t* data, size_t size);

// Takes the first line off the front of `rest`, without its LF.
std::string_view TakeLine(std::string_view& rest);

// Valid UTF-8 (RFC 3629) without control characters. Written apart from base/utf8.h, whose claim
// it checks.
bool IsCleanText(std::string_view text);

inline bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace xplenty
