#include "ledger/label_index.h"

namespace xplenty {

void LabelIndex::Note(const std::string& label, std::optional<int64_t> id,
                      const std::string& name) {
  Behind& behind = labels_[label];
  if (value_ == LabelValue::kName && id && (!behind.id || *id > *behind.id)) {
    behind.id = id;
    blocks_.Touch(label);
  }
  if (value_ == LabelValue::kId && !name.empty() && name != behind.name) {
    behind.name = name;
    blocks_.Touch(label);
  }
}

void LabelIndex::Show(const std::string& label) {
  if (labels_[label].shown++ == 0) blocks_.Touch(label);
}

void LabelIndex::Hide(const std::string& label) {
  if (--labels_[label].shown == 0) blocks_.Touch(label);
}

LabelInfos LabelIndex::View() {
  return blocks_.Cut(labels_, [](const auto& entry) -> std::optional<LabelInfo> {
    const auto& [label, behind] = entry;
    if (behind.shown == 0) return std::nullopt;
    if (behind.id) return LabelInfo(label, std::to_string(*behind.id));
    if (!behind.name.empty()) return LabelInfo(label, behind.name);
    return std::nullopt;
  });
}

}  // namespace xplenty
