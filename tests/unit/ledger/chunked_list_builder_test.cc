#include "ledger/chunked_list_builder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace xplenty::chunked_list_builder_test {
namespace {

using Item = std::pair<std::string, int>;
using Map = std::map<std::string, int>;
using Cutter = ChunkedListBuilder<std::string, Item>;

// Negative values are not shown.
ChunkedList<Item> Build(Cutter& builder, const Map& map) {
  return builder.Build(map, [](const auto& entry) {
    return entry.second < 0 ? std::nullopt : std::optional<Item>(entry);
  });
}

std::vector<Item> Shown(const Map& map) {
  std::vector<Item> shown;
  for (const auto& entry : map) {
    if (entry.second >= 0) shown.emplace_back(entry);
  }
  return shown;
}

std::string Key(int number) {
  return "k" + std::to_string(number);
}

TEST(ChunkedListBuilder, ShowsNothingOfAnEmptyMap) {
  Cutter builder;
  EXPECT_TRUE(Build(builder, {}).empty());
  EXPECT_EQ(Build(builder, {}).size(), 0U);
}

RC_GTEST_PROP(ChunkedListBuilder, ListsEqualTheMap, ()) {
  Cutter builder;
  Map map;
  const auto steps = *rc::gen::inRange(1, 20);
  for (int step = 0; step < steps; ++step) {
    const auto changes = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 300), rc::gen::inRange(-2, 5)));
    for (const auto& [number, value] : changes) {
      value == -2 ? static_cast<void>(map.erase(Key(number)))
                  : static_cast<void>(map[Key(number)] = value);
      builder.MarkDirty(Key(number));
    }
    const ChunkedList<Item> list = Build(builder, map);
    RC_ASSERT(std::vector(list.begin(), list.end()) == Shown(map));
    RC_ASSERT(list.size() == Shown(map).size());
    for (const auto& block : list.blocks()) RC_ASSERT(!block->empty() && block->size() <= 32U);
  }
}

RC_GTEST_PROP(ChunkedListBuilder, KeepsUnchangedBlocks, ()) {
  Cutter builder;
  Map map;
  const int size = *rc::gen::inRange(1, 400);
  for (int number = 0; number < size; ++number) map[Key(number)] = 0;
  const ChunkedList<Item> previous = Build(builder, map);
  const auto touched = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, size));
  for (const int number : touched) {
    map[Key(number)] = 1;
    builder.MarkDirty(Key(number));
  }
  const ChunkedList<Item> after = Build(builder, map);
  for (const auto& block : previous.blocks()) {
    const bool same = std::ranges::find(after.blocks(), block) != after.blocks().end();
    const bool is_touched =
        std::ranges::any_of(*block, [&](const Item& item) { return map.at(item.first) == 1; });
    RC_ASSERT(same == !is_touched);
  }
}

}  // namespace
}  // namespace xplenty::chunked_list_builder_test
