#pragma once

namespace xplenty {

// Lets the process open as many files as it may: the usual limit of 1024 is for programs that use
// select(2).
void RaiseDescriptorLimit();

}  // namespace xplenty
