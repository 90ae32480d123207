#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/timestamp.h"
#include "simulator/account.h"
#include "simulator/simulator.h"

namespace {

using xplenty::simulator::Simulator;
using xplenty::simulator::SimulatorOptions;

int Run(int argc, char** argv) {
  SimulatorOptions options;
  options.listen_address = "127.0.0.1:10741";
  std::string start_time;
  CLI::App app("A simulator of the Integrate.io ETL (Xplenty) jobs API, for tests and demos.");
  app.add_option("--listen-address", options.listen_address, "host:port; port 0 is any free port")
      ->capture_default_str();
  std::vector<std::string> accounts = {"demo"};
  app.add_option("--account", accounts,
                 "ID, or ID:KEY for an account with its own key (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->capture_default_str();
  std::string api_key = "demo-key";
  app.add_option("--api-key", api_key, "key of all accounts without their own key")
      ->envname("XPLENTY_SIMULATOR_API_KEY")
      ->capture_default_str();
  app.add_option("--seed", options.workload.seed,
                 "the same seed, clock and accounts give the same jobs")
      ->capture_default_str();
  app.add_option("--jobs", options.workload.jobs, "jobs per account and 24 hours")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--packages", options.workload.packages)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--reuse-clusters", options.workload.reuse_clusters,
               "jobs share clusters, instead of a cluster for each");
  app.add_option("--clusters", options.workload.clusters,
                 "clusters that exist at a time, with --reuse-clusters")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--speed", options.speed,
                 "simulated seconds per second; with 0 everything stands still")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--start-time", start_time, "time in ISO 8601 (default: now)");
  app.add_option("--rate-limit", options.rate_limit, "requests per key and simulated hour")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--bare", options.bare, "rows without package, cluster, creator and outputs");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  auto parsed = xplenty::simulator::ParseAccounts(accounts, api_key);
  if (!parsed) {
    std::cerr << "--account: " << parsed.error().message << '\n';
    return 2;
  }
  options.accounts = std::move(*parsed);
  if (!start_time.empty()) {
    options.start_time = xplenty::ParseIso8601(start_time);
    if (!options.start_time) {
      std::cerr << "--start-time: " << start_time << " is not an ISO 8601 time\n";
      return 2;
    }
  }

  // This comes before any thread starts, so that all threads leave the signals to sigwait().
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto simulator = Simulator::Start(options);
  if (!simulator) {
    std::cerr << simulator.error().message << '\n';
    return 1;
  }
  std::cerr << "Listening on address=" << (*simulator)->address() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  (*simulator)->Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return Run(argc, argv);
}
