// The input is a command line, with one argument on each line. A line that begins with XPLENTY_
// sets that variable of the environment; XPLENTY_API_KEY sets a key that must not be shown.

#include <cstdlib>
#include <string>
#include <vector>

#include "config/config_source.h"
#include "config/flags.h"
#include "fuzz/fuzz.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr const char* kKey = "never-to-be-shown-c8d1f0e7";
constexpr const char* kVersion = "version text";

// The process has one thread.
void SetVariable(std::string_view line) {
  const size_t equals = line.find('=');
  const std::string name(line.substr(0, equals));
  const std::string value(equals == std::string_view::npos ? "" : line.substr(equals + 1));
  for (const std::string known :
       {"XPLENTY_ACCOUNT_ID", "XPLENTY_API_KEY_FILE", "XPLENTY_API_URL"}) {
    if (name == known) setenv(name.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
  if (name == "XPLENTY_API_KEY") setenv(name.c_str(), kKey, 1);  // NOLINT(concurrency-mt-unsafe)
}

void CheckExit(const CommandLine::Exit& exit, bool key_in_arguments) {
  Require(!exit.text.empty(), "an exit has a message");
  Require(key_in_arguments || !Contains(exit.text, kKey), "the key is not shown");
  if (exit.code == 0) {
    Require(exit.text == kVersion || Contains(exit.text, "--web.listen-address"),
            "0 is --version or --help");
    return;
  }
  Require(exit.code == 2, "wrong usage has exit code 2");
  Require(exit.text.starts_with("xplenty_exporter: ") &&
              exit.text.ends_with("\nSee xplenty_exporter --help\n"),
          "wrong usage mentions --help");
}

void CheckConfig(const Config& config) {
  const auto at_least = [](milliseconds value, milliseconds least) {
    Require(value >= least, "a duration is not below its minimum");
  };
  Require(config.accounts.size() == 1, "without a file there is one account");
  const Config::Account& account = config.accounts.front();
  Require(!account.id.empty() && account.id.size() <= 128 && IsCleanText(account.id),
          "an account id is valid as a label");
  Require(account.name == account.id, "without a file an account's name is its id");
  Require(!account.api_key_file.empty() || account.api_key.Reveal() == kKey, "there is a key");
  Require(account.api_key_file.empty() || account.api_key.empty(), "a key has one source");
  Require(!config.shard || config.shard->index < config.shard->count,
          "a shard's index is below the count");
  Require(config.api.page_size >= 1 && config.api.page_size <= 100, "a page is 1 to 100");
  at_least(config.api.timeout, milliseconds(1));
  at_least(config.refresh.min_interval, milliseconds(0));
  at_least(config.refresh.overlap, milliseconds(0));
  at_least(config.refresh.reconcile_interval, std::chrono::seconds(1));
  at_least(config.refresh.lookback, std::chrono::minutes(1));
  Require(!config.storage.reset || !config.storage.path.empty(), "a reset needs a ledger");
  Require(config.metrics.max_series >= 1'000 && config.metrics.max_series <= 100'000'000,
          "the series cap is in its range");
  at_least(config.metrics.series_retention, std::chrono::minutes(1));
  at_least(config.metrics.zero_hold, milliseconds(0));
  at_least(config.metrics.stale_after, milliseconds(0));
  Require(!config.web.listen_addresses.empty(), "there is an address to listen on");
  Require(config.web.telemetry_path.size() > 1 && config.web.telemetry_path.front() == '/',
          "the path of the metrics is a path");
  at_least(config.web.timeout_offset, milliseconds(0));
  Require(config.web.max_connections >= 1 && config.web.max_connections <= 10'000,
          "the number of connections is in its range");
}

void Check(std::string_view input) {
  for (const char* name :
       {"XPLENTY_ACCOUNT_ID", "XPLENTY_API_KEY_FILE", "XPLENTY_API_URL", "XPLENTY_API_KEY"}) {
    unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  }
  const bool key_in_arguments = Contains(input, kKey);
  std::vector<std::string> arguments = {"xplenty_exporter"};
  while (!input.empty()) {
    const std::string_view line = TakeLine(input);
    if (line.starts_with("XPLENTY_")) {
      SetVariable(line);
    } else {
      arguments.emplace_back(line);
    }
  }
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  const CommandLine line = ParseCommandLine(static_cast<int>(argv.size()), argv.data(), kVersion);
  if (line.exit) return CheckExit(*line.exit, key_in_arguments);
  if (line.flags.contains("config.file")) return;  // the file is another target's input
  const auto config = ConfigSource(line.flags).Load();
  if (!config) {
    Require(!config.error().message.empty(), "an error has a message");
    Require(key_in_arguments || !Contains(config.error().message, kKey), "the key is not shown");
  } else {
    CheckConfig(*config);
  }
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
