#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/logger.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/web_policy.h"

namespace xplenty {

// The file of --web.config.file and the certificates it names, as a policy of the server that
// follows them: what is written to any of them holds from the next connection or request on,
// without a restart and also when a link to them is exchanged. Safe from any thread.
class WebSettings {
 public:
  // Reads all of it. Errors name the file, and line and column in the web config. `logger` must
  // outlive this.
  static Result<std::unique_ptr<WebSettings>> Load(std::string path, Logger& logger);

  // The policy by the files as they are now; while those are wrong, by the last that were right,
  // and the log says once why. Reads files of some kilobytes.
  std::shared_ptr<const WebPolicy> Current();

  // Current(), and what is wrong with the files, if anything.
  Status Reload();

 private:
  // What was read of a file, or why it was not.
  struct Content {
    std::string text{};
    std::string error{};
    friend bool operator==(const Content&, const Content&) = default;
  };
  struct Files {
    Content config{};
    std::vector<std::pair<std::string, Content>> named{};  // by the config, with their paths
    friend bool operator==(const Files&, const Files&) = default;
  };

  WebSettings(std::string path, Logger& logger);

  static Content Read(const std::string& path);
  Result<std::shared_ptr<const WebPolicy>> Build(Files& files) const;
  static Status Allowed(const WebPolicy& now, const WebPolicy& next);
  void Follow() REQUIRES(mutex_);

  const std::string path_;
  Logger& logger_;
  Mutex mutex_;
  Files seen_ GUARDED_BY(mutex_);  // of the latest attempt
  std::shared_ptr<const WebPolicy> policy_ GUARDED_BY(mutex_);
  Status state_ GUARDED_BY(mutex_) = Done{};  // of the latest attempt
};

}  // namespace xplenty
