#include "exposition/segment.h"

#include "exposition/deflate.h"

namespace xplenty {

const Segment::Deflated& Segment::Compressed() const {
  std::call_once(once_, [this] {
    deflated_ = {.blocks = Deflate(text_),
                 .crc32 = Crc32(text_),
                 .crc32_operator = Crc32Operator(text_.size())};
  });
  return deflated_;
}

uint32_t Segment::ContinueCrc32(uint32_t before) const {
  const Deflated& deflated = Compressed();
  return CombineCrc32(before, deflated.crc32, deflated.crc32_operator);
}

}  // namespace xplenty
