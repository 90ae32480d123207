#include "app/signals.h"

#include <csignal>
#include <initializer_list>

#include <pthread.h>

namespace xplenty {
namespace {

sigset_t Handled() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = Handled();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

Signal WaitForSignal() {
  const sigset_t signals = Handled();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal == SIGHUP ? Signal::kReload : Signal::kStop;
}

}  // namespace xplenty
