#pragma once

namespace xplenty {

enum class Signal { kStop, kReload };

// Makes SIGTERM, SIGINT and SIGHUP wait for WaitForSignal(), in this thread and the ones it starts
// from now on, and ignores SIGPIPE. Call before any thread is started.
void BlockSignals();

// Blocks until one of them comes: kReload for SIGHUP.
Signal WaitForSignal();

}  // namespace xplenty
