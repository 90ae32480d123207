#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xplenty::bench {

// An account of finished jobs, computed from their numbers and not stored, so that a million of
// them cost no memory. They were updated one after another over `span_seconds` up to `newest`; the
// jobs that Finish() adds follow. Id, creation and update time grow with the number.
class JobRows {
 public:
  struct Options {
    int64_t jobs{};
    int64_t packages{1};
    int64_t clusters{1};  // each package runs on each
    int64_t span_seconds{};
    int64_t newest{};  // Unix time
  };
  explicit JobRows(const Options& options) : options_(options) {}

  int64_t size() const { return options_.jobs + static_cast<int64_t>(finished_.size()); }
  int64_t UpdatedAt(int64_t number) const;
  // The number of the first job that was updated at `time` or later; size() if there is none.
  int64_t FirstSince(int64_t time) const;
  // Adds jobs that have just finished, each of another package-cluster.
  void Finish(int64_t count, int64_t now) {
    finished_.insert(finished_.end(), static_cast<size_t>(count), now);
  }
  // Appends the row as the API writes it.
  void AppendJson(int64_t number, std::string& out) const;

 private:
  const Options options_;
  std::vector<int64_t> finished_;  // the times, in Unix seconds
};

}  // namespace xplenty::bench
