#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ledger/chunked_list_builder.h"
#include "model/account_view.h"

namespace xplenty {

// What is info the values of one label: the highest id seen under a name, or the latest name of
// an id. A value is listed as long as anything is shown under it. A value that LabelRule::replace
// has made is not listed if it stands for several ids: it names none of them, and with a cluster
// per run each run would make a new series of it. Not thread-safe.
class LabelInfoTable {
 public:
  explicit LabelInfoTable(LabelValue value) : value_(value) {}

  // Records what a package or a cluster is called, under the value of its label.
  void Record(const std::string& label, std::optional<int64_t> id, const std::string& name);
  // Count the things that are shown under a value. Retire() ends one Activate().
  void Activate(const std::string& label);
  void Retire(const std::string& label);
  // Forgets a value under which nothing is shown.
  void ForgetUnused(const std::string& label);

  // Returns the values that are listed, with what is info them.
  LabelInfos View();

 private:
  struct Info {
    std::optional<int64_t> id;  // the highest
    std::string name;           // the latest, if the label is the id
    bool replaced{};
    bool several{};  // ids
    uint64_t active{};
  };
  std::optional<LabelInfo> InfoOf(const std::string& label, const Info& info) const;

  LabelValue value_;
  std::map<std::string, Info> labels_;
  ChunkedListBuilder<std::string, LabelInfo> blocks_;
};

}  // namespace xplenty
