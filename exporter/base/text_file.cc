#include "base/text_file.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"

namespace xplenty {
namespace {

Error Reason(std::string why) {
  return {ErrorCode::kInvalidArgument, std::move(why)};
}

Error SystemReason() {
  return Reason(std::generic_category().message(errno));
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path, size_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (!file.is_open() || ::fstat(file.get(), &about) != 0) return SystemReason();
  if (!S_ISREG(about.st_mode)) return Reason("not a regular file");
  std::string text;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemReason();
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(got));
    if (text.size() > max_bytes) {
      return Reason("larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

}  // namespace xplenty
