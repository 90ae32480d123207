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

// The fields of /proc/self/stat from the third on (proc(5)): the second, a name in parentheses, may
// hold anything.
std::vector<double> StatFields() {
  std::array<char, 4096> stat;  // it is one line of a few hundred bytes, read at one go
  const int descriptor = ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  const ssize_t bytes = ::read(descriptor, stat.data(), stat.size());
  ::close(descriptor);
  if (bytes <= 0) return {};
  std::string_view rest(stat.data(), static_cast<size_t>(bytes));
  const size_t name_end = rest.rfind(')');
  if (name_end == std::string_view::npos) return {};
  rest.remove_prefix(name_end + 1);
  std::vector<double> fields;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \n"), rest.size()));
    if (rest.empty()) return fields;
    const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
    double value = 0;  // the state letter reads as 0
    std::from_chars(word.data(), word.data() + word.size(), value);
    fields.push_back(value);
    rest.remove_prefix(word.size());
  }
}

// /proc/stat has it too, but is hidden where a service may see processes only.
std::optional<double> BootTime() {
  timespec now{};
  timespec since_boot{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0 || clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) {
    return std::nullopt;
  }
  return static_cast<double>(now.tv_sec - since_boot.tv_sec) +
         static_cast<double>(now.tv_nsec - since_boot.tv_nsec) * 1e-9;
}

std::optional<double> OpenDescriptors() {
  // Since Linux 6.2 the folder's size is their number.
  struct stat folder {};
  if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) {
    return static_cast<double>(folder.st_size);
  }
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  // One of them is the iterator's own.
  return static_cast<double>(std::distance(entries, {}) - 1);
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

// Positions in StatFields(); proc(5) counts from 1 and two fields are skipped.
enum Field : size_t {
  kUserTime = 11,
  kSystemTime = 12,
  kThreads = 17,
  kStart = 19,
  kVirtual = 20,
  kResident = 21
};

std::optional<double> Scaled(const std::vector<double>& stat, Field field, double factor) {
  if (field >= stat.size()) return std::nullopt;
  return stat[field] * factor;
}

double SecondsPerTick() {
  return 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcessCollector::ProcessCollector() {
  const auto since_boot = Scaled(StatFields(), kStart, SecondsPerTick());
  const auto boot = BootTime();
  if (since_boot && boot) start_time_seconds_ = *boot + *since_boot;
}

std::vector<MetricFamily> ProcessCollector::Collect() const {
  const std::vector<double> stat = StatFields();
  const auto user = Scaled(stat, kUserTime, SecondsPerTick());
  const auto system = Scaled(stat, kSystemTime, SecondsPerTick());
  std::optional<double> cpu;
  if (user && system) cpu = *user + *system;
  std::optional<double> max_descriptors;
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    max_descriptors = static_cast<double>(limit.rlim_cur);
  }

  Families families;
  families.Add("process_cpu_seconds", MetricType::Counter,
               "Total user and system CPU time spent in seconds.", cpu);
  families.Add("process_resident_memory_bytes", MetricType::Gauge, "Resident memory size in bytes.",
               Scaled(stat, kResident, static_cast<double>(sysconf(_SC_PAGESIZE))));
  families.Add("process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory size in bytes.",
               Scaled(stat, kVirtual, 1));
  families.Add("process_open_fds", MetricType::Gauge, "Number of open file descriptors.",
               OpenDescriptors());
  families.Add("process_max_fds", MetricType::Gauge, "Maximum number of open file descriptors.",
               max_descriptors);
  families.Add("process_start_time_seconds", MetricType::Gauge,
               "Start time of the process since unix epoch in seconds.", start_time_seconds_);
  families.Add("process_threads", MetricType::Gauge, "Number of OS threads in the process.",
               Scaled(stat, kThreads, 1));
  return families.Take();
}

}  // namespace xplenty
