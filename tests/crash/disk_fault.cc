// Preloaded into the exporter (LD_PRELOAD). Counts the calls that change the disk below one folder,
// and makes the n-th of them end in a given way. Environment variables control it:
//
//   DISK_FAULT_FOLDER  absolute path of the folder, or of one file, whose changes are counted
//   DISK_FAULT_ACTION  none (the default), or
//     kill-before, kill-after   the process kills itself before or after the call
//     kill-short                a write writes half of its bytes and then the process kills itself;
//                               before any other call it kills itself at once
//     fail                      the call fails with DISK_FAULT_ERROR
//     fail-on                   the n-th and all later calls fail
//     short                     a write writes half of its bytes and says so
//     readonly                  every change, and every opening for writing, fails
//     hang                      fsync and fdatasync do not return
//   DISK_FAULT_AT      n, from 1
//   DISK_FAULT_ERROR   an errno
//   DISK_FAULT_SWITCH  a file outside: calls are counted and fail only while it exists
//   DISK_FAULT_TRACE   a file outside: a line "n call path" for each call, written before it
//
// Writing through mmap cannot be made to fail here. Such a mapping is counted, so that a test can
// check that there is none.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class Action {
  kNone,
  kKillBefore,
  kKillAfter,
  kKillShort,
  kFail,
  kFailOn,
  kShort,
  kReadOnly,
  kHang
};

const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

long Number(const char* name) {
  return std::strtol(Variable(name), nullptr, 10);
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Action ActionNamed(std::string_view name) {
  constexpr std::string_view kNames[] = {"none",       "kill-before", "kill-after",
                                         "kill-short", "fail",        "fail-on",
                                         "short",      "readonly",    "hang"};
  int number = 0;
  for (const std::string_view known : kNames) {
    if (name == known) return static_cast<Action>(number);
    ++number;
  }
  if (name.empty()) return Action::kNone;
  std::fprintf(stderr, "disk_fault: unknown DISK_FAULT_ACTION\n");
  std::abort();
}

struct Settings {
  std::string_view folder = Variable("DISK_FAULT_FOLDER");
  Action action = ActionNamed(Variable("DISK_FAULT_ACTION"));
  long at = Number("DISK_FAULT_AT");
  int error = static_cast<int>(Number("DISK_FAULT_ERROR"));
  const char* switch_file = Variable("DISK_FAULT_SWITCH");
  int trace = -1;

  Settings() {
    if (const char* path = Variable("DISK_FAULT_TRACE"); *path != '\0') {
      trace = Next<decltype(::open)>("open")(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
  }
};

const Settings& Get() {
  static const Settings settings;
  return settings;
}

std::atomic<long> counted = 0;

bool Below(std::string_view path) {
  const std::string_view folder = Get().folder;
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

bool SwitchedOn() {
  const char* file = Get().switch_file;
  return *file == '\0' || access(file, F_OK) == 0;
}

// The path of a descriptor; empty for a descriptor without one.
class PathOf {
 public:
  explicit PathOf(int descriptor) {
    char link[32];
    std::snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
    const ssize_t size = readlink(link, path_, sizeof(path_) - 1);
    path_[size < 0 ? 0 : size] = '\0';
  }
  const char* get() const { return path_; }

 private:
  char path_[4096];
};

[[noreturn]] void Die() {
  kill(getpid(), SIGKILL);
  while (true) pause();
}

enum class Fate { kGoesOn, kFails, kIsHalved, kDiesAfter, kDiesHalved };

// Counts one call and decides what happens to it. Does not return if the process has to end first.
Fate FateOf(const char* call, const char* path) {
  if (!Below(path) || !SwitchedOn()) return Fate::kGoesOn;
  const int saved = errno;
  const long number = ++counted;
  if (Get().trace >= 0) dprintf(Get().trace, "%ld %s %s\n", number, call, path);
  const bool sync = std::strstr(call, "sync") != nullptr;
  const bool write = std::strstr(call, "write") != nullptr;
  const bool now = number == Get().at;
  Fate fate = Fate::kGoesOn;
  switch (Get().action) {
    case Action::kNone:
      break;
    case Action::kKillBefore:
      if (now) Die();
      break;
    case Action::kKillAfter:
      if (now) fate = Fate::kDiesAfter;
      break;
    case Action::kKillShort:
      if (now && !write) Die();
      if (now) fate = Fate::kDiesHalved;
      break;
    case Action::kFail:
      if (now) fate = Fate::kFails;
      break;
    case Action::kFailOn:
      if (number >= Get().at) fate = Fate::kFails;
      break;
    case Action::kShort:
      if (now && write) fate = Fate::kIsHalved;
      break;
    case Action::kReadOnly:
      fate = Fate::kFails;
      break;
    case Action::kHang:
      while (sync && SwitchedOn()) usleep(5000);
      break;
  }
  errno = saved;
  return fate;
}

template <typename Call>
auto Change(const char* name, const char* path, Call call) -> decltype(call()) {
  const Fate fate = FateOf(name, path);
  if (fate == Fate::kFails) {
    errno = Get().error;
    return -1;
  }
  const auto result = call();
  if (fate == Fate::kDiesAfter) Die();
  return result;
}

// `call` takes the number of bytes to write.
template <typename Call>
ssize_t Write(const char* name, int descriptor, size_t size, Call call) {
  const Fate fate = FateOf(name, PathOf(descriptor).get());
  if (fate == Fate::kFails) {
    errno = Get().error;
    return -1;
  }
  const bool halved = fate == Fate::kIsHalved || fate == Fate::kDiesHalved;
  const ssize_t written = call(halved && size > 1 ? size / 2 : size);
  if (fate == Fate::kDiesAfter || fate == Fate::kDiesHalved) Die();
  return written;
}

template <typename Call>
int Open(const char* path, int flags, Call call) {
  if ((flags & (O_CREAT | O_TRUNC)) != 0) return Change("open", path, call);
  const bool for_writing = (flags & O_ACCMODE) != O_RDONLY;
  if (for_writing && Get().action == Action::kReadOnly && Below(path) && SwitchedOn()) {
    errno = Get().error;
    return -1;
  }
  return call();
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

void* Map(const char* name, void* address, size_t size, int protection, int flags, int descriptor,
          off_t offset) {
  if (descriptor >= 0 && (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0) {
    static_cast<void>(FateOf("mmap", PathOf(descriptor).get()));
  }
  return Next<decltype(::mmap)>(name)(address, size, protection, flags, descriptor, offset);
}

}  // namespace

// These replace the C library's functions. A name and its twin with 64 at the end are one function
// on 64-bit systems.
extern "C" {

#define OPEN(name)                                                                           \
  int name(const char* path, int flags, ...) {                                               \
    va_list arguments;                                                                       \
    va_start(arguments, flags);                                                              \
    const mode_t mode = ModeOf(flags, arguments);                                            \
    va_end(arguments);                                                                       \
    return Open(path, flags,                                                                 \
                [&] { return Next<int(const char*, int, ...)>(#name)(path, flags, mode); }); \
  }
#define OPENAT(name)                                                                  \
  int name(int folder, const char* path, int flags, ...) {                            \
    va_list arguments;                                                                \
    va_start(arguments, flags);                                                       \
    const mode_t mode = ModeOf(flags, arguments);                                     \
    va_end(arguments);                                                                \
    return Open(path, flags, [&] {                                                    \
      return Next<int(int, const char*, int, ...)>(#name)(folder, path, flags, mode); \
    });                                                                               \
  }
#define PWRITE(name)                                                           \
  ssize_t name(int descriptor, const void* bytes, size_t size, off_t offset) { \
    return Write("pwrite", descriptor, size, [&](size_t part) {                \
      return Next<decltype(::pwrite)>(#name)(descriptor, bytes, part, offset); \
    });                                                                        \
  }
// A call that takes a descriptor (F) or paths (P) succeeds or fails as a whole.
#define ON_FILE(name, parameters, arguments, exceptions)                    \
  int name parameters exceptions {                                          \
    return Change(#name, PathOf(descriptor).get(),                          \
                  [&] { return Next<decltype(::name)>(#name) arguments; }); \
  }
#define ON_PATH(name, parameters, arguments)                                             \
  int name parameters noexcept {                                                         \
    return Change(#name, path, [&] { return Next<decltype(::name)>(#name) arguments; }); \
  }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int descriptor, const void* bytes, size_t size) {
  return Write("write", descriptor, size, [&](size_t part) {
    return Next<decltype(::write)>("write")(descriptor, bytes, part);
  });
}

ON_FILE(fsync, (int descriptor), (descriptor), )
ON_FILE(fdatasync, (int descriptor), (descriptor), )
ON_FILE(ftruncate, (int descriptor, off_t size), (descriptor, size), noexcept)
ON_FILE(ftruncate64, (int descriptor, off64_t size), (descriptor, size), noexcept)
ON_FILE(fallocate, (int descriptor, int mode, off_t offset, off_t size),
        (descriptor, mode, offset, size), )
ON_PATH(rename, (const char* path, const char* to), (path, to))
ON_PATH(renameat, (int from, const char* path, int folder, const char* to),
        (from, path, folder, to))
ON_PATH(unlink, (const char* path), (path))
ON_PATH(unlinkat, (int folder, const char* path, int flags), (folder, path, flags))
ON_PATH(remove, (const char* path), (path))
ON_PATH(link, (const char* path, const char* to), (path, to))
ON_PATH(mkdir, (const char* path, mode_t mode), (path, mode))

void* mmap(void* address, size_t size, int protection, int flags, int descriptor,
           off_t offset) noexcept {
  return Map("mmap", address, size, protection, flags, descriptor, offset);
}

void* mmap64(void* address, size_t size, int protection, int flags, int descriptor,
             off64_t offset) noexcept {
  return Map("mmap64", address, size, protection, flags, descriptor, offset);
}

// It is not halved, as it is one call for several buffers.
ssize_t pwritev(int descriptor, const iovec* buffers, int count, off_t offset) {
  return Change("pwritev", PathOf(descriptor).get(), [&] {
    return Next<decltype(::pwritev)>("pwritev")(descriptor, buffers, count, offset);
  });
}

ssize_t writev(int descriptor, const iovec* buffers, int count) {
  return Change("writev", PathOf(descriptor).get(),
                [&] { return Next<decltype(::writev)>("writev")(descriptor, buffers, count); });
}

}  // extern "C"
