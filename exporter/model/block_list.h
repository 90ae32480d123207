#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace xplenty {

// An immutable list in blocks, none of which is empty. Lists that follow one another share blocks:
// where nothing has changed, a block is the same object, so that what was made of it can be kept.
template <typename T>
class BlockList {
 public:
  using Block = std::vector<T>;
  using Blocks = std::vector<std::shared_ptr<const Block>>;

  BlockList() = default;
  BlockList(std::initializer_list<T> items) : BlockList(Block(items)) {}
  explicit BlockList(Block items) {
    if (!items.empty()) blocks_.push_back(std::make_shared<const Block>(std::move(items)));
  }
  explicit BlockList(Blocks blocks) : blocks_(std::move(blocks)) {}

  const Blocks& blocks() const { return blocks_; }
  bool empty() const { return blocks_.empty(); }
  size_t size() const {
    size_t size = 0;
    for (const auto& block : blocks_) size += block->size();
    return size;
  }

  // Item by item.
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    const_iterator() = default;
    const_iterator(const Blocks& blocks, size_t block) : blocks_(&blocks), block_(block) {}

    reference operator*() const { return (*(*blocks_)[block_])[item_]; }
    pointer operator->() const { return &**this; }
    const_iterator& operator++() {
      if (++item_ == (*blocks_)[block_]->size()) {
        ++block_;
        item_ = 0;
      }
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    const Blocks* blocks_ = nullptr;
    size_t block_ = 0;
    size_t item_ = 0;
  };
  using value_type = T;
  const_iterator begin() const { return {blocks_, 0}; }
  const_iterator end() const { return {blocks_, blocks_.size()}; }
  const T& front() const { return blocks_.front()->front(); }

 private:
  Blocks blocks_;
};

}  // namespace xplenty
