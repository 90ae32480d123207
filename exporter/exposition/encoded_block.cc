#include "exposition/encoded_block.h"

#include "exposition/deflate.h"

namespace xplenty {

const EncodedBlock::Deflated& EncodedBlock::Compressed() const {
  std::call_once(once_, [this] {
    deflated_ = {.bytes = Deflate(text_),
                 .crc32 = Crc32(text_),
                 .crc32_operator = Crc32Operator(text_.size())};
  });
  return deflated_;
}

uint32_t EncodedBlock::ContinueCrc32(uint32_t previous) const {
  const Deflated& deflated = Compressed();
  return CombineCrc32(previous, deflated.crc32, deflated.crc32_operator);
}

}  // namespace xplenty
