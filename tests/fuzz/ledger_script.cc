#include "fuzz/ledger_script.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <vector>

#include <sqlite3.h>

#include "fuzz/fuzz.h"
#include "support/figures.h"
#include "support/temporary_folder.h"

namespace xplenty {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kBegin = FromUnix(1'000'000'000);
constexpr size_t kMostGrowth = 20'000;

std::string JournalOf(const std::string& path) {
  return path + "-journal";
}

std::optional<std::string> ReadIfThere(const std::string& path) {
  if (!fs::exists(path)) return std::nullopt;
  return ReadBytes(path);
}

void MakeClosed(const LedgerOptions& options) {
  auto ledger = Ledger::Open(options);
  Require(ledger && (*ledger)->Initialize(kBegin), "a ledger can be created");
  for (int page = 0; page < 3; ++page) {
    std::vector<Job> jobs;
    for (int i = 1; i <= 40; ++i) {
      const int64_t id = page * 40 + i;
      const JobStatus status = kFinishedStatuses[static_cast<size_t>(i) % kFinishedStatuses.size()];
      jobs.push_back(MakeJob(id, status, kBegin + std::chrono::seconds(id), id % 5));
      jobs.back().outputs = {{.id = id, .records = 10 * id}};
    }
    const std::vector<RejectedRow> rejects = {{.fingerprint = static_cast<uint64_t>(page)}};
    Require((*ledger)
                ->Commit({.jobs = jobs,
                          .rejects = rejects,
                          .server_time = kBegin + std::chrono::hours(1),
                          .watermark = jobs.back().updated_at})
                .has_value(),
            "a page can be committed");
  }
  Require((*ledger)->CompleteInitialSync().has_value(), "a refresh can be completed");
}

// Runs SQL whose result has at most one text column, and returns its rows.
std::vector<std::string> Run(sqlite3* database, const std::string& sql) {
  std::vector<std::string> rows;
  const auto add = [](void* into, int columns, char** values, char** /*names*/) {
    if (columns > 0 && values[0] != nullptr) {
      static_cast<std::vector<std::string>*>(into)->emplace_back(values[0]);
    }
    return 0;
  };
  Require(sqlite3_exec(database, sql.c_str(), add, &rows, nullptr) == SQLITE_OK, sql);
  return rows;
}

// Empties all tables, and reads the files before the commit. The small cache makes SQLite write
// pages to the disk before that.
LedgerFiles MakeHot(const std::string& path) {
  sqlite3* database = nullptr;
  Require(sqlite3_open(path.c_str(), &database) == SQLITE_OK, "the good file can be opened");
  Run(database, "PRAGMA journal_mode=DELETE; PRAGMA cache_size=1; BEGIN IMMEDIATE");
  for (const std::string& table :
       Run(database, "SELECT name FROM sqlite_schema WHERE type='table'")) {
    Run(database, "DELETE FROM \"" + table + "\"");
  }
  Run(database, "CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(40000))");
  LedgerFiles files = ReadFiles(path);
  Run(database, "ROLLBACK");
  sqlite3_close(database);
  Require(files.journal && ReadBytes(path) != *files.ledger, "the hot ledger is half written");
  return files;
}

std::vector<size_t> Numbers(std::string_view text) {
  std::vector<size_t> numbers;
  while (!text.empty()) {
    size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc()) numbers.push_back(number);
    text.remove_prefix(std::max<size_t>(1, static_cast<size_t>(end - text.data())));
  }
  numbers.resize(std::max<size_t>(3, numbers.size()));
  return numbers;
}

// Applies one line of the script to the bytes of a file.
void Edit(std::string_view verb, const std::vector<size_t>& n, std::string& bytes) {
  if (verb == "grow") bytes.append(std::min(n[0], kMostGrowth), static_cast<char>(n[1]));
  if (bytes.empty()) return;
  const size_t at = n[0] % bytes.size();
  if (verb == "set") bytes[at] = static_cast<char>(n[1]);
  if (verb == "flip") bytes[at] = static_cast<char>(bytes[at] ^ (1 << (n[1] % 8)));
  if (verb == "cut") bytes.resize(std::min(n[0], bytes.size()));
  if (verb == "shorten") bytes.resize(bytes.size() - std::min(n[0], bytes.size()));
  if (verb == "fill") {
    std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(at), std::min(n[1], bytes.size() - at),
                static_cast<char>(n[2]));
  }
  if (verb == "copy") {
    const size_t to = n[1] % bytes.size();
    const std::string piece = bytes.substr(at, std::min(n[2], bytes.size() - to));
    bytes.replace(to, piece.size(), piece);
  }
}

}  // namespace

GoodLedger MakeGoodLedger(const LedgerOptions& options, const std::string& path) {
  MakeClosed(options);
  GoodLedger good;
  good.closed = ReadFiles(path);
  good.hot = MakeHot(path);
  return good;
}

void WriteFiles(const std::string& path, const LedgerFiles& files) {
  if (files.ledger) WriteBytes(path, *files.ledger);
  if (files.journal) WriteBytes(JournalOf(path), *files.journal);
}

LedgerFiles ReadFiles(const std::string& path) {
  return {.ledger = ReadIfThere(path), .journal = ReadIfThere(JournalOf(path))};
}

LedgerFiles ApplyScript(const GoodLedger& good, std::string_view script) {
  LedgerFiles files = good.closed;
  bool journal = false;
  while (!script.empty()) {
    const std::string_view line = TakeLine(script);
    const std::string_view verb = line.substr(0, line.find(' '));
    std::optional<std::string>& file = journal ? files.journal : files.ledger;
    if (verb == "hot") {
      files = good.hot;
    } else if (verb == "journal" || verb == "ledger") {
      journal = verb == "journal";
    } else if (verb == "remove") {
      file.reset();
    } else if (verb == "raw") {
      file = std::string(script);
      break;
    } else {
      if (!file && verb == "grow") file.emplace();
      if (file) Edit(verb, Numbers(line.substr(verb.size())), *file);
    }
  }
  return files;
}

}  // namespace xplenty
