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

// Follows the file of --web.config.file and the certificates that it names. A change of any of them
// holds from the next connection or request on, without a restart, also if a link to the file is
// replaced. Safe from any thread.
class WebSettings {
 public:
  // Reads all files. Errors name the file, and line and column of the web config. `logger` must
  // outlive this.
  static Result<std::unique_ptr<WebSettings>> Load(std::string path, Logger& logger);

  // Returns the policy of the files as they are now, or, while those are wrong, of the last ones
  // that were right; the log then says once why. Reads files of some kilobytes.
  std::shared_ptr<const WebPolicy> Current();

  // Does what Current() does, and returns what is wrong with the files.
  Status Reload();

 private:
  // The content of a file, or why it could not be read.
  struct Content {
    std::string text{};
    std::string error{};
    friend bool operator==(const Content&, const Content&) = default;
  };
  struct Files {
    Content config{};
    std::vector<std::pair<std::string, Content>> named{};  // path and content
    friend bool operator==(const Files&, const Files&) = default;
  };

  WebSettings(std::string path, Logger& logger);

  static Content Read(const std::string& path);
  Result<std::shared_ptr<const WebPolicy>> Build(Files& files) const;
  static Status Allowed(const WebPolicy& now, const WebPolicy& next);
  void ReloadIfChanged() REQUIRES(mutex_);

  const std::string path_;
  Logger& logger_;
  Mutex mutex_;
  Files seen_ GUARDED_BY(mutex_);  // as the latest attempt read them
  std::shared_ptr<const WebPolicy> policy_ GUARDED_BY(mutex_);
  Status state_ GUARDED_BY(mutex_) = OkStatus();  // the result of the latest attempt
};

}  // namespace xplenty
