#include "collector/process_families.h"

#include <chrono>
#include <future>
#include <map>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/file_descriptor.h"

namespace xplenty::process_families_test {
namespace {

std::map<std::string, double> Values(const ProcessCollector& collector = ProcessCollector()) {
  std::map<std::string, double> values;
  for (const auto& family : collector.Collect()) {
    EXPECT_EQ(family.metric.size(), 1U) << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
    const auto& sample = family.metric[0];
    values[family.name] =
        family.type == prometheus::MetricType::Counter ? sample.counter.value : sample.gauge.value;
  }
  return values;
}

TEST(ProcessFamilies, HaveTheStandardSet) {
  auto values = Values();
  EXPECT_EQ(values.size(), 7U);
  EXPECT_GE(values["process_cpu_seconds"], 0);
  EXPECT_GT(values["process_resident_memory_bytes"], 1e5);
  EXPECT_GE(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_open_fds"], 1);
  EXPECT_GE(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_GE(values["process_threads"], 1);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(values["process_start_time_seconds"], now - 86'400);
  EXPECT_LT(values["process_start_time_seconds"], now + 60);
}

TEST(ProcessFamilies, FollowThreadsAndDescriptors) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  constexpr int kThreads = 3;  // a sanitizer may start its own
#else
  constexpr int kThreads = 2;
#endif
  std::promise<void> promise;
  const std::shared_future<void> end = promise.get_future().share();
  const auto wait = [end] { end.wait(); };
  const std::jthread first(
      wait);  // a sanitizer may start its own thread with it, not counted below
  const ProcessCollector collector;
  // The system may still list a joined thread of an earlier test.
  while (Values(collector)["process_threads"] > kThreads) std::this_thread::yield();
  auto previous = Values(collector);
  const FileDescriptor one(::open("/dev/null", O_RDONLY));
  const FileDescriptor other(::open("/dev/null", O_RDONLY));
  const std::jthread second(wait);
  auto after = Values(collector);
  promise.set_value();
  EXPECT_EQ(after["process_open_fds"], previous["process_open_fds"] + 2);
  EXPECT_EQ(after["process_threads"], previous["process_threads"] + 1);
  EXPECT_GE(after["process_cpu_seconds"], previous["process_cpu_seconds"]);
}

}  // namespace
}  // namespace xplenty::process_families_test
