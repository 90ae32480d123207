#include "exposition/family_name.h"

namespace xplenty {

std::string_view FamilyName(const MetricFamily& family) {
  constexpr std::string_view kTotal = "_total";
  std::string_view name = family.name;
  if (family.type == prometheus::MetricType::Counter && name.ends_with(kTotal)) {
    name.remove_suffix(kTotal.size());
  }
  return name;
}

std::string SampleName(const MetricFamily& family) {
  std::string name(FamilyName(family));
  if (family.type == prometheus::MetricType::Counter) name += "_total";
  return name;
}

std::string_view UnitOf(std::string_view family_name) {
  for (const std::string_view unit : {"seconds", "bytes", "ratio"}) {
    if (family_name.ends_with(unit) && family_name.size() > unit.size() &&
        family_name[family_name.size() - unit.size() - 1] == '_') {
      return unit;
    }
  }
  return {};
}

}  // namespace xplenty
