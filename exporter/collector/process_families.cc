#include "collector/process_families.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace xplenty {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// The fields of /proc/self/stat from the third on (proc(5)): the second, a name in parentheses, may
// hold anything.
std::vector<double> StatFields() {
  const std::string stat = ReadFile("/proc/self/stat");
  std::string_view rest(stat);
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

std::optional<double> BootTime() {
  const std::string stat = ReadFile("/proc/stat");
  constexpr std::string_view kKey = "btime ";
  const size_t at = stat.find(kKey);
  if (at == std::string::npos) return std::nullopt;
  double seconds = 0;
  const char* begin = stat.data() + at + kKey.size();
  const auto [end, error] = std::from_chars(begin, stat.data() + stat.size(), seconds);
  if (error != std::errc()) return std::nullopt;
  return seconds;
}

std::optional<double> OpenDescriptors() {
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

std::vector<MetricFamily> CollectProcess() {
  // Positions in StatFields(); proc(5) counts from 1 and two fields are skipped.
  enum Field : size_t {
    kUserTime = 11,
    kSystemTime = 12,
    kThreads = 17,
    kStart = 19,
    kVirtual,
    kResident
  };
  const std::vector<double> stat = StatFields();
  const auto field = [&](Field index) -> std::optional<double> {
    if (index >= stat.size()) return std::nullopt;
    return stat[index];
  };
  const auto scaled = [](std::optional<double> value, double factor) -> std::optional<double> {
    if (!value) return std::nullopt;
    return *value * factor;
  };
  const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::optional<double> cpu = field(kUserTime);
  if (cpu) cpu = (*cpu + stat[kSystemTime]) * tick;
  std::optional<double> start = scaled(field(kStart), tick);
  const auto boot = BootTime();
  if (start) start = boot ? std::optional(*start + *boot) : std::nullopt;
  std::optional<double> max_descriptors;
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    max_descriptors = static_cast<double>(limit.rlim_cur);
  }

  Families families;
  families.Add("process_cpu_seconds", MetricType::Counter,
               "Total user and system CPU time spent in seconds.", cpu);
  families.Add("process_resident_memory_bytes", MetricType::Gauge, "Resident memory size in bytes.",
               scaled(field(kResident), static_cast<double>(sysconf(_SC_PAGESIZE))));
  families.Add("process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory size in bytes.",
               field(kVirtual));
  families.Add("process_open_fds", MetricType::Gauge, "Number of open file descriptors.",
               OpenDescriptors());
  families.Add("process_max_fds", MetricType::Gauge, "Maximum number of open file descriptors.",
               max_descriptors);
  families.Add("process_start_time_seconds", MetricType::Gauge,
               "Start time of the process since unix epoch in seconds.", start);
  families.Add("process_threads", MetricType::Gauge, "Number of OS threads in the process.",
               field(kThreads));
  return families.Take();
}

}  // namespace xplenty
