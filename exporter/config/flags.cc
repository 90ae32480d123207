#include "config/flags.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "config/settings.h"

namespace xplenty {
namespace {

constexpr const char* kDescription =
    "Prometheus exporter for Integrate.io ETL (Xplenty) jobs.\n"
    "\n"
    "It reads the jobs of one or several accounts from the API whenever Prometheus scrapes it,\n"
    "counts every finished job exactly once, remembers that in a ledger on disk, and serves the\n"
    "figures at /metrics.\n";

constexpr const char* kFooter =
    "Example:\n"
    "  XPLENTY_ACCOUNT_ID=acme XPLENTY_API_KEY_FILE=/run/secrets/xplenty xplenty_exporter\n"
    "  curl http://localhost:10740/metrics\n"
    "\n"
    "Flags go before the config file, which goes before the environment (in brackets). Keys of "
    "the\n"
    "file are named as the flags of the same meaning: --api.page-size is page_size in api.\n"
    "Durations are written as in Prometheus: 500ms, 15s, 5m, 24h, 7d. The API key is given by "
    "file\n"
    "or environment, never by flag. Exit codes: 0 done, 1 failed, 2 wrong usage or config.";

const char* TypeName(Setting::Kind kind) {
  switch (kind) {
    case Setting::Kind::kNumber:
      return "N";
    case Setting::Kind::kDuration:
      return "DURATION";
    case Setting::Kind::kChoice:
      return "NAME";
    case Setting::Kind::kPath:
      return "PATH";
    case Setting::Kind::kList:
      return "ADDRESS";
    case Setting::Kind::kText:
    case Setting::Kind::kSwitch:
      break;
  }
  return "TEXT";
}

void Declare(const Setting& setting, CLI::App& app) {
  // A text that is not const would be taken for the variable that receives the flag's value.
  const std::string help =
      setting.help + (setting.env_var.empty() ? "" : " [" + setting.env_var + "]");
  const std::string flag = "--" + setting.name;
  if (setting.kind == Setting::Kind::kSwitch) {
    app.add_flag(flag, help)->group(setting.group);
    return;
  }
  CLI::Option* const option = app.add_option(flag, help)
                                  ->expected(1)
                                  ->type_name(TypeName(setting.kind))
                                  ->default_str(setting.default_value)
                                  ->group(setting.group);
  if (setting.kind == Setting::Kind::kList) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
}

// CLI11 takes "--flag=" for a flag without a value; here it means an empty one.
std::vector<std::string> Arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {  // CLI11 takes the last one first.
    std::string argument = argv[i];
    if (argument.size() > 3 && argument.starts_with("--") && argument.ends_with('=')) {
      arguments.emplace_back();
      argument.pop_back();
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

}  // namespace

CommandLine::Exit UsageError(const std::string& what) {
  std::string text = "xplenty_exporter: ";
  for (const char c : what) {
    text += c;
    if (c == '\n') text += "xplenty_exporter: ";
  }
  return {2, text + "\nSee xplenty_exporter --help\n"};
}

CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& version_text) {
  CommandLine line;
  CLI::App app(kDescription, "xplenty_exporter");
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "Show this and exit");
  app.get_formatter()->column_width(44);
  for (const Setting& setting : Settings()) Declare(setting, app);
  const std::string about_version = "Show the version and exit";
  const CLI::Option* const version = app.add_flag("--version", about_version);
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    line.exit = {0, app.help()};
    return line;
  } catch (const CLI::ParseError& error) {
    line.exit = UsageError(error.what());
    return line;
  }
  if (version->count() > 0) {
    line.exit = {0, version_text};
    return line;
  }
  for (const Setting& setting : Settings()) {
    const CLI::Option* const option = app.get_option("--" + setting.name);
    if (option->count() > 0) line.flags[setting.name] = option->results();
  }
  return line;
}

}  // namespace xplenty
