#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace xplenty {

// An immutable list that is kept in blocks. A new version of a list shares the blocks in which
// nothing has changed with the version before, so that a reader can keep what it has made of a
// block as long as the pointer to it is the same. Safe from any thread; copying copies pointers.
template <typename T>
class ChunkedList {
 public:
  using Block = std::vector<T>;
  using Blocks = std::vector<std::shared_ptr<const Block>>;

  // Makes an empty list.
  ChunkedList() = default;
  // Makes a list of one block, or an empty one if there are no items.
  ChunkedList(std::initializer_list<T> items) : ChunkedList(Block(items)) {}
  explicit ChunkedList(Block items) {
    if (!items.empty()) blocks_.push_back(std::make_shared<const Block>(std::move(items)));
  }
  // Makes a list of these blocks, none of which may be null or empty.
  explicit ChunkedList(Blocks blocks) : blocks_(std::move(blocks)) {}

  // Returns the blocks in the order of the list; none is empty.
  const Blocks& blocks() const { return blocks_; }

  // Returns whether there are no items.
  bool empty() const { return blocks_.empty(); }

  // Returns the number of items; it takes time in proportion to the number of blocks.
  size_t size() const {
    size_t size = 0;
    for (const auto& block : blocks_) size += block->size();
    return size;
  }

  // Visits the items one by one. Valid as long as the list.
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
      const const_iterator previous = *this;
      ++*this;
      return previous;
    }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    const Blocks* blocks_ = nullptr;
    size_t block_ = 0;
    size_t item_ = 0;
  };
  using value_type = T;
  // Return the first item and the position behind the last one.
  const_iterator begin() const { return {blocks_, 0}; }
  const_iterator end() const { return {blocks_, blocks_.size()}; }

  // Returns the first item of a list that is not empty.
  const T& front() const { return blocks_.front()->front(); }

 private:
  Blocks blocks_;
};

}  // namespace xplenty
