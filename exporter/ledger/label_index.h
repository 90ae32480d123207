#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ledger/block_cutter.h"
#include "model/account_view.h"

namespace xplenty {

// What is behind the values of one label: the highest id seen under a name, or the latest name of
// an id. A value is listed as long as anything is shown under it. Not thread-safe.
class LabelIndex {
 public:
  explicit LabelIndex(LabelValue value) : value_(value) {}

  // Records what a package or a cluster is called, under the value of its label.
  void Note(const std::string& label, std::optional<int64_t> id, const std::string& name);
  // Count the things that are shown under a value. Hide() ends one Show().
  void Show(const std::string& label);
  void Hide(const std::string& label);

  // Returns the values that are listed, with what is behind them.
  LabelInfos View();

 private:
  struct Behind {
    std::optional<int64_t> id;
    std::string name;
    uint64_t shown{};
  };

  LabelValue value_;
  std::map<std::string, Behind> labels_;
  BlockCutter<std::string, LabelInfo> blocks_;
};

}  // namespace xplenty
