#include "ledger/label_info_table.h"

#include "ledger/package_cluster.h"

namespace xplenty {

void LabelInfoTable::Record(const std::string& label, std::optional<int64_t> id,
                            const std::string& name) {
  Info& info = labels_[label];
  const auto previous = InfoOf(label, info);
  if (label != UnreplacedLabel(value_, name, id)) info.replaced = true;
  if (id && info.id && *id != *info.id) info.several = true;
  if (id && (!info.id || *id > *info.id)) info.id = id;
  if (value_ == LabelValue::kId && !name.empty()) info.name = name;
  if (InfoOf(label, info) != previous) blocks_.MarkDirty(label);
}

void LabelInfoTable::Activate(const std::string& label) {
  if (labels_[label].active++ == 0) blocks_.MarkDirty(label);
}

void LabelInfoTable::Retire(const std::string& label) {
  if (--labels_[label].active == 0) blocks_.MarkDirty(label);
}

void LabelInfoTable::ForgetUnused(const std::string& label) {
  const auto known = labels_.find(label);
  if (known != labels_.end() && known->second.active == 0) labels_.erase(known);
}

std::optional<LabelInfo> LabelInfoTable::InfoOf(const std::string& label, const Info& info) const {
  if (info.replaced && info.several) return std::nullopt;
  if (value_ == LabelValue::kName && info.id) return LabelInfo(label, std::to_string(*info.id));
  if (!info.name.empty()) return LabelInfo(label, info.name);
  return std::nullopt;
}

LabelInfos LabelInfoTable::View() {
  return blocks_.Build(labels_, [this](const auto& entry) {
    return entry.second.active == 0 ? std::nullopt : InfoOf(entry.first, entry.second);
  });
}

}  // namespace xplenty
