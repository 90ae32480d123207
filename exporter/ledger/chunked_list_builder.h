#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/chunked_list.h"

namespace xplenty {

// Makes BlockLists of a map's entries, one after the other. Only blocks in which an entry was
// touched are made again; the others are shared with the list before. A default Key must be the
// least. Not thread-safe.
template <typename Key, typename Item>
class ChunkedListBuilder {
 public:
  // Must be called when an entry was added or removed, or is shown otherwise than before.
  void MarkDirty(const Key& key) { std::prev(blocks_.upper_bound(key))->second.reset(); }

  // Returns the list of what is shown now. `show` makes a std::optional<Item> of an entry of the
  // map, nullopt if it is not shown.
  template <typename Map, typename Show>
  ChunkedList<Item> Build(Map& map, Show show) {
    for (auto block = blocks_.begin(); block != blocks_.end();) {
      const auto next = std::next(block);
      if (!block->second) Read(block, map, show);
      block = next;
    }
    typename ChunkedList<Item>::Blocks list;
    list.reserve(blocks_.size());
    for (const auto& [first, block] : blocks_) {
      if (!block->empty()) list.push_back(block);
    }
    return ChunkedList<Item>(std::move(list));
  }

 private:
  using Block = typename ChunkedList<Item>::Block;
  // A block is at the key from which on it reaches, up to the key of the next one.
  using Blocks = std::map<Key, std::shared_ptr<const Block>>;

  // A small block is rendered sooner when an entry changes, a large one compresses better. Of
  // packages on clusters, this many are about a thousand samples.
  static constexpr size_t kItems = 16;
  static constexpr size_t kMostItems = 2 * kItems;

  template <typename Map, typename Show>
  void Read(typename Blocks::iterator block, Map& map, Show show) {
    const auto next = std::next(block);
    const auto end = next == blocks_.end() ? map.end() : map.lower_bound(next->first);
    std::vector<std::pair<const Key*, Item>> items;
    for (auto entry = map.lower_bound(block->first); entry != end; ++entry) {
      if (auto item = show(*entry)) items.emplace_back(&entry->first, std::move(*item));
    }
    if (items.empty() && block != blocks_.begin()) {
      blocks_.erase(block);
      return;
    }
    const size_t length = items.size() > kMostItems ? kItems : kMostItems;
    for (size_t first = 0; first < std::max<size_t>(items.size(), 1); first += length) {
      if (first > 0) block = blocks_.emplace_hint(next, *items[first].first, nullptr);
      Block cut;
      cut.reserve(std::min(length, items.size() - first));
      for (size_t i = first; i < std::min(first + length, items.size()); ++i) {
        cut.push_back(std::move(items[i].second));
      }
      block->second = std::make_shared<const Block>(std::move(cut));
    }
  }

  Blocks blocks_{{Key{}, nullptr}};
};

}  // namespace xplenty
