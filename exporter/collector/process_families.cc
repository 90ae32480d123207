#include "collector/process_families.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace xplenty {
namespace {

using prometheus::MetricType;

// The numbers of a line, all or those behind the last of a mark; a word that is none reads as 0.
std::vector<double> Numbers(const FileDescriptor& file, std::string_view behind = {}) {
  std::array<char, 4096> content;
  const ssize_t bytes = ::pread(file.get(), content.data(), content.size(), 0);
  if (bytes <= 0) return {};
  std::string_view rest(content.data(), static_cast<size_t>(bytes));
  if (!behind.empty()) rest.remove_prefix(rest.rfind(behind) + behind.size());
  std::vector<double> numbers;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \n"), rest.size()));
    if (rest.empty()) return numbers;
    const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
    double value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    numbers.push_back(value);
    rest.remove_prefix(word.size());
  }
}

std::optional<double> SecondsOf(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// In Unix time. /proc/stat has the boot time, but is hidden where a service may see processes only.
std::optional<double> StartTime() {
  // proc(5): the 22nd field, in ticks since the boot. The second, a name in parentheses, may hold
  // anything; behind it is the third.
  constexpr size_t kStart = 22 - 3;
  const auto stat = Numbers(FileDescriptor(::open("/proc/self/stat", O_RDONLY | O_CLOEXEC)), ")");
  const auto now = SecondsOf(CLOCK_REALTIME);
  const auto since_boot = SecondsOf(CLOCK_BOOTTIME);
  if (stat.size() <= kStart || !now || !since_boot) return std::nullopt;
  return *now - *since_boot + stat[kStart] / static_cast<double>(sysconf(_SC_CLK_TCK));
}

FileDescriptor OpenFolder(const char* path) {
  return FileDescriptor(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::optional<double> OpenDescriptors(const FileDescriptor& folder) {
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return std::nullopt;
  if (status.st_size > 0) return static_cast<double>(status.st_size);  // since Linux 6.2
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  // One of them is the iterator's own.
  return static_cast<double>(std::distance(entries, {}) - 1);
}

std::optional<double> Threads(const FileDescriptor& folder) {
  // A folder has two links, and one for each folder in it.
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0 || status.st_nlink < 3) return std::nullopt;
  return static_cast<double>(status.st_nlink - 2);
}

class Families {
 public:
  void Add(const char* name, MetricType type, const char* help, std::optional<double> value) {
    if (!value) return;
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    family.metric.emplace_back();
    if (type == MetricType::Counter) {
      family.metric.back().counter.value = *value;
    } else {
      family.metric.back().gauge.value = *value;
    }
    families_.push_back(std::move(family));
  }

  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

}  // namespace

ProcessCollector::ProcessCollector()
    : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      descriptors_(OpenFolder("/proc/self/fd")),
      threads_(OpenFolder("/proc/self/task")),
      start_time_seconds_(StartTime()) {}

std::vector<MetricFamily> ProcessCollector::Collect() const {
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  const std::vector<double> pages = Numbers(statm_);  // proc(5): all, and those that are resident
  std::optional<double> virtual_bytes;
  std::optional<double> resident_bytes;
  if (pages.size() >= 2) {
    virtual_bytes = pages[0] * page_bytes;
    resident_bytes = pages[1] * page_bytes;
  }
  std::optional<double> max_descriptors;
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    max_descriptors = static_cast<double>(limit.rlim_cur);
  }

  Families families;
  families.Add("process_cpu_seconds", MetricType::Counter,
               "Total user and system CPU time spent in seconds.",
               SecondsOf(CLOCK_PROCESS_CPUTIME_ID));
  families.Add("process_resident_memory_bytes", MetricType::Gauge, "Resident memory size in bytes.",
               resident_bytes);
  families.Add("process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory size in bytes.",
               virtual_bytes);
  families.Add("process_open_fds", MetricType::Gauge, "Number of open file descriptors.",
               OpenDescriptors(descriptors_));
  families.Add("process_max_fds", MetricType::Gauge, "Maximum number of open file descriptors.",
               max_descriptors);
  families.Add("process_start_time_seconds", MetricType::Gauge,
               "Start time of the process since unix epoch in seconds.", start_time_seconds_);
  families.Add("process_threads", MetricType::Gauge, "Number of OS threads in the process.",
               Threads(threads_));
  return families.Take();
}

}  // namespace xplenty
