#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "http/http_server.h"
#include "support/recording_logger.h"
#include "unit/http/http_client.h"

namespace xplenty {

// Handlers wait at the gate until the test opens it.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return waiting_ >= count; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// A server on a free port of loopback. /hello returns a line, /echo returns the request, /wait
// waits at the gate, /throw throws, /reload takes POST.
class ServerTest : public testing::Test {
 protected:
  static constexpr std::chrono::hours kAnHour{1};

  // Throws if the server does not start, which ends the test as a failure.
  void Start();
  ~ServerTest() override { gate_.Open(); }

  HttpClient Connect(int receive_bytes = 0) { return HttpClient(address_, receive_bytes); }

  RecordingLogger logger_;
  Gate gate_;
  // A test may change routes and limits before Start(). No limit is short unless a test sets it:
  // otherwise a busy machine could make the test pass.
  Routes routes_;
  ServerOptions options_{.listen_addresses = {"127.0.0.1:0"},
                         .idle_timeout = kAnHour,
                         .head_timeout = kAnHour,
                         .write_timeout = kAnHour,
                         .linger_timeout = kAnHour,
                         .stop_grace = kAnHour};
  std::string address_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace xplenty
