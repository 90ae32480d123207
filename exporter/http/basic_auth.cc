#include "http/basic_auth.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/ascii.h"

namespace xplenty {
namespace {

struct Credentials {
  std::string user;
  std::string password;
};

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::vector<unsigned char> bytes(text.size());
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (size < 0 || static_cast<size_t>(size) < padding) return std::nullopt;
  bytes.resize(static_cast<size_t>(size) - padding);
  return std::string(bytes.begin(), bytes.end());
}

std::optional<Credentials> Parse(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (!EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const auto text = DecodeBase64(TrimBlanks(authorization.substr(kScheme.size())));
  if (!text) return std::nullopt;
  const size_t colon = text->find(':');
  // bcrypt stops at a zero byte.
  if (colon == std::string::npos || text->find('\0') != std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

bool Matches(const std::string& password, const std::string& hash) {
  const auto work = std::make_unique<crypt_data>();  // 32 KiB: not for a stack
  const char* const made = ::crypt_r(password.c_str(), hash.c_str(), work.get());
  const bool match = made != nullptr && std::string_view(made).size() == hash.size() &&
                     CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(work.get(), sizeof *work);
  return match;
}

// Returns the most expensive hash. Unknown users are checked against it.
const std::string& Costliest(const std::map<std::string, std::string>& users) {
  constexpr size_t kCostAt = 4;  // behind "$2b$"
  return std::ranges::max_element(users,
                                  [](const auto& a, const auto& b) {
                                    return a.second.substr(kCostAt, 2) <
                                           b.second.substr(kCostAt, 2);
                                  })
      ->second;
}

std::array<uint8_t, 32> Random() {
  std::array<uint8_t, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  return bytes;
}

}  // namespace

BasicAuth::BasicAuth(size_t max_waiting) : max_waiting_(max_waiting), salt_(Random()) {}

AuthResult BasicAuth::Check(const std::map<std::string, std::string>& users,
                            std::string_view authorization) {
  const auto credentials = Parse(authorization);
  if (!credentials) return AuthResult::kDenied;
  const auto known = users.find(credentials->user);
  const std::string& hash = known != users.end() ? known->second : Costliest(users);
  // The entry of an unknown user must differ from that of a known one.
  const Digest digest = DigestOf(credentials->user, known != users.end() ? hash : std::string(),
                                 credentials->password);
  AuthResult result{};
  if (Recall(digest, result)) return result;
  {
    const MutexLock lock(mutex_);
    if (waiting_ >= max_waiting_) return AuthResult::kBusy;
    ++waiting_;
  }
  const MutexLock one_at_a_time(checking_);
  if (!Recall(digest, result)) {  // otherwise another call has just checked it
    const bool match = Matches(credentials->password, hash);
    result = match && known != users.end() ? AuthResult::kAllowed : AuthResult::kDenied;
    const MutexLock lock(mutex_);
    std::deque<Digest>& remembered = result == AuthResult::kAllowed ? allowed_ : denied_;
    remembered.push_back(digest);
    if (remembered.size() > kRemembered) remembered.pop_front();
  }
  const MutexLock lock(mutex_);
  --waiting_;
  return result;
}

BasicAuth::Digest BasicAuth::DigestOf(std::string_view user, std::string_view hash,
                                      std::string_view password) const {
  std::string text(salt_.begin(), salt_.end());
  for (const std::string_view part : {user, hash, password}) {
    text += std::to_string(part.size()) + ':';
    text += part;
  }
  Digest digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

bool BasicAuth::Recall(const Digest& digest, AuthResult& result) {
  const MutexLock lock(mutex_);
  const bool allowed = std::ranges::find(allowed_, digest) != allowed_.end();
  if (!allowed && std::ranges::find(denied_, digest) == denied_.end()) return false;
  result = allowed ? AuthResult::kAllowed : AuthResult::kDenied;
  return true;
}

}  // namespace xplenty
