// Requests one URL on 127.0.0.1 over one or more connections, each in its own thread, and prints
// how long that took as one line of JSON. With --save it sends one request and stores the body.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/flags.h"
#include "bench/http_connection.h"

namespace xplenty::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  uint16_t port{};
  std::string path{};
  std::string accept{};
  bool gzip{};
  int connections{};
  double seconds{};
  int min_requests{};
  std::string save{};
};

std::string RequestOf(const Options& options) {
  return "GET " + options.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: " + options.accept +
         "\r\nAccept-Encoding: " + (options.gzip ? "gzip" : "identity") +
         "\r\nX-Prometheus-Scrape-Timeout-Seconds: 600\r\n\r\n";
}

struct Measurement {
  std::vector<double> milliseconds;
  uint64_t bytes = 0;
  std::string error;
};

double MillisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void Load(const Options& options, Clock::time_point until, Measurement& measured) try {
  HttpConnection connection(options.port, RequestOf(options));
  while (std::cmp_less(measured.milliseconds.size(), options.min_requests) ||
         Clock::now() < until) {
    const auto begin = Clock::now();
    measured.bytes += connection.Fetch().body_bytes;
    measured.milliseconds.push_back(MillisecondsSince(begin));
  }
} catch (const std::exception& error) {
  measured.error = error.what();
}

// Stores the body of one request. Its coding must be the requested one: otherwise the servers would
// be compared by different bytes.
int Save(const Options& options) {
  std::string body;
  HttpConnection connection(options.port, RequestOf(options));
  const std::string head = connection.Fetch(&body).head;
  const bool gzipped = HeaderValue(head, "Content-Encoding") == "gzip";
  if (gzipped != options.gzip) throw std::runtime_error("the response has another coding");
  std::ofstream file(options.save, std::ios::binary);
  file.write(body.data(), static_cast<std::streamsize>(body.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + options.save);
  return 0;
}

double Quantile(const std::vector<double>& sorted, double part) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<size_t>(last * part)];
}

int Measure(const Options& options) {
  std::vector<Measurement> measurements(static_cast<size_t>(options.connections));
  const auto begin = Clock::now();
  const auto until = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(options.seconds));
  {
    std::vector<std::jthread> threads;
    for (Measurement& measured : measurements) {
      threads.emplace_back([&options, until, &measured] { Load(options, until, measured); });
    }
  }
  const double wall = MillisecondsSince(begin) / 1000;
  std::vector<double> all;
  uint64_t bytes = 0;
  for (const Measurement& measured : measurements) {
    if (!measured.error.empty()) throw std::runtime_error(measured.error);
    all.insert(all.end(), measured.milliseconds.begin(), measured.milliseconds.end());
    bytes += measured.bytes;
  }
  std::ranges::sort(all);
  std::printf(
      "{\"requests\": %zu, \"bytes\": %llu, \"wall_seconds\": %.6f, \"min_ms\": %.6f, "
      "\"median_ms\": %.6f, \"p99_ms\": %.6f}\n",
      all.size(), static_cast<unsigned long long>(bytes), wall, all.front(), Quantile(all, 0.5),
      Quantile(all, 0.99));
  return 0;
}

}  // namespace
}  // namespace xplenty::bench

int main(int argc, char** argv) try {
  const xplenty::bench::Flags flags(
      argc, argv,
      {{"--port", "required"},
       {"--path", "/metrics"},
       {"--accept", "text/plain"},
       {"--gzip", ""},           // a switch
       {"--connections", "1"},   // side by side
       {"--seconds", "0"},       // how long to measure
       {"--min-requests", "1"},  // per connection, however long it takes
       {"--save", ""}});         // the file for the body of one request
  const xplenty::bench::Options options{.port = flags.Count<uint16_t>("--port", 1, 65'535),
                                        .path = flags.Text("--path"),
                                        .accept = flags.Text("--accept"),
                                        .gzip = flags.Given("--gzip"),
                                        .connections = flags.Count<int>("--connections", 1, 1000),
                                        .seconds = flags.Number("--seconds", 0, 600),
                                        .min_requests = flags.Count<int>("--min-requests", 1, 1e6),
                                        .save = flags.Text("--save")};
  return options.save.empty() ? xplenty::bench::Measure(options) : xplenty::bench::Save(options);
} catch (const std::exception& error) {
  std::cerr << "load_client: " << error.what() << '\n';
  return 1;
}
