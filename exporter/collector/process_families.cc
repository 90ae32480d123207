#include "collector/process_families.h"

#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text_file.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

// Fields of /proc/self/stat: proc(5).
struct Stat {
  double threads{};
  double start_ticks{};  // since the boot
  double virtual_bytes{};
  double resident_pages{};
};

std::optional<Stat> ReadStat() {
  const auto text = ReadTextFile("/proc/self/stat", 4096);
  if (!text) return std::nullopt;
  // The second field, a name in parentheses, may hold anything. The fields 20 and 22 to 24 are
  // read.
  const size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Stat stat;
  const int fields =
      std::sscanf(text->c_str() + name_end,
                  ") %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                  "%*s %*s %lf %*s %lf %lf %lf",
                  &stat.threads, &stat.start_ticks, &stat.virtual_bytes, &stat.resident_pages);
  if (fields != 4) return std::nullopt;
  return stat;
}

std::optional<double> SecondsOf(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return std::nullopt;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// In Unix time. /proc/stat has the boot time, but is hidden where a service may see processes only.
std::optional<double> StartTime() {
  const auto stat = ReadStat();
  const auto now = SecondsOf(CLOCK_REALTIME);
  const auto since_boot = SecondsOf(CLOCK_BOOTTIME);
  if (!stat || !now || !since_boot) return std::nullopt;
  return *now - *since_boot + stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<double> OpenDescriptors() {
  struct stat status {};
  if (::stat("/proc/self/fd", &status) != 0) return std::nullopt;
  if (status.st_size > 0) return static_cast<double>(status.st_size);  // since Linux 6.2
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

}  // namespace

ProcessCollector::ProcessCollector() : start_time_seconds_(StartTime()) {}

std::vector<MetricFamily> ProcessCollector::Collect() const {
  std::optional<double> threads;
  std::optional<double> virtual_bytes;
  std::optional<double> resident_bytes;
  if (const auto stat = ReadStat()) {
    threads = stat->threads;
    virtual_bytes = stat->virtual_bytes;
    resident_bytes = stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
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
               OpenDescriptors());
  families.Add("process_max_fds", MetricType::Gauge, "Maximum number of open file descriptors.",
               max_descriptors);
  families.Add("process_start_time_seconds", MetricType::Gauge,
               "Start time of the process since unix epoch in seconds.", start_time_seconds_);
  families.Add("process_threads", MetricType::Gauge, "Number of OS threads in the process.",
               threads);
  return families.Take();
}

}  // namespace xplenty
