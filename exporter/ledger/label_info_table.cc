#include "ledger/label_info_table.h"

namespace xplenty {

void LabelInfoTable::Record(const std::string& label, std::optional<int64_t> id,
                            const std::string& name) {
  Info& info = labels_[label];
  if (value_ == LabelValue::kName && id && (!info.id || *id > *info.id)) {
    info.id = id;
    blocks_.MarkDirty(label);
  }
  if (value_ == LabelValue::kId && !name.empty() && name != info.name) {
    info.name = name;
    blocks_.MarkDirty(label);
  }
}

void LabelInfoTable::Activate(const std::string& label) {
  if (labels_[label].active++ == 0) blocks_.MarkDirty(label);
}

void LabelInfoTable::Retire(const std::string& label) {
  if (--labels_[label].active == 0) blocks_.MarkDirty(label);
}

LabelInfos LabelInfoTable::View() {
  return blocks_.Build(labels_, [](const auto& entry) -> std::optional<LabelInfo> {
    const auto& [label, info] = entry;
    if (info.active == 0) return std::nullopt;
    if (info.id) return LabelInfo(label, std::to_string(*info.id));
    if (!info.name.empty()) return LabelInfo(label, info.name);
    return std::nullopt;
  });
}

}  // namespace xplenty
