// Serves the families of a saved exposition through prometheus-cpp's registry and Exposer.
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "bench/flags.h"
#include "bench/peers/exposition_reader.h"

namespace xplenty::bench {
namespace {

void AddHistograms(const ReadFamily& family, prometheus::Registry& registry) {
  auto& built = prometheus::BuildHistogram().Name(family.name).Help(family.help).Register(registry);
  for (const ReadFamily::Metric& metric : family.metrics) {
    prometheus::Histogram::BucketBoundaries bounds;
    std::vector<double> increments;
    double below = 0;
    for (const ReadFamily::Bucket& bucket : metric.buckets) {
      if (&bucket != &metric.buckets.back()) bounds.push_back(bucket.bound);
      increments.push_back(bucket.cumulative - below);
      below = bucket.cumulative;
    }
    built.Add(metric.labels, bounds).ObserveMultiple(increments, metric.sum);
  }
}

void Add(const ReadFamily& family, prometheus::Registry& registry) {
  if (family.type == "histogram") return AddHistograms(family, registry);
  if (family.type == "counter") {
    auto& built = prometheus::BuildCounter().Name(family.name).Help(family.help).Register(registry);
    for (const auto& metric : family.metrics) built.Add(metric.labels).Increment(metric.value);
    return;
  }
  if (family.type != "gauge") throw std::runtime_error("a family of type " + family.type);
  auto& built = prometheus::BuildGauge().Name(family.name).Help(family.help).Register(registry);
  for (const auto& metric : family.metrics) built.Add(metric.labels).Set(metric.value);
}

int Run(const Flags& flags) {
  std::ifstream file(flags.Text("--exposition"));
  if (!file) throw std::runtime_error("cannot read " + flags.Text("--exposition"));
  const auto registry = std::make_shared<prometheus::Registry>();
  for (const ReadFamily& family : ReadExposition(file)) Add(family, *registry);
  // By default it closes each connection after a response and serves two at a time.
  prometheus::Exposer exposer(std::vector<std::string>{
      "listening_ports", "127.0.0.1:0", "num_threads", "16", "enable_keep_alive", "yes",
      "keep_alive_timeout_ms", "60000", "tcp_nodelay", "1"});
  exposer.RegisterCollectable(registry);
  std::cerr << "Listening on address=127.0.0.1:" << exposer.GetListeningPorts().at(0) << std::endl;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  int received = 0;
  sigwait(&signals, &received);  // it runs until it is killed
  return 0;
}

}  // namespace
}  // namespace xplenty::bench

int main(int argc, char** argv) try {
  return xplenty::bench::Run({argc, argv, {{"--exposition", "required"}}});
} catch (const std::exception& error) {
  std::cerr << "exposer_peer: " << error.what() << '\n';
  return 1;
}
