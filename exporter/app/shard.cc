#include "app/shard.h"

#include <array>
#include <cstddef>

#include <openssl/evp.h>

namespace xplenty {

uint64_t ShardOf(std::string_view account, uint64_t count) {
  constexpr size_t kHashed = 8;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(account.data(), account.size(), digest.data(), &size, EVP_md5(), nullptr);
  uint64_t hash = 0;
  for (size_t i = size - kHashed; i < size; ++i) hash = hash << 8U | digest[i];
  return hash % count;
}

}  // namespace xplenty
