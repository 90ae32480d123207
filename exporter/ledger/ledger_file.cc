#include "ledger/ledger_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace xplenty {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kApplicationId = 0x78706c31;  // "xpl1"
constexpr int64_t kVersion = 1;

// What SQLite may leave beside a file, and would apply to any other file of that name.
constexpr const char* kCompanions[] = {"-wal", "-journal"};

constexpr const char* kSchema = R"sql(
CREATE TABLE ledger (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  account TEXT NOT NULL,
  counts_from_birth INTEGER NOT NULL,
  count_from INTEGER,
  watermark INTEGER,
  counted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE pairs (
  id INTEGER PRIMARY KEY,
  package_id INTEGER,
  package_name TEXT NOT NULL,
  cluster_id INTEGER,
  cluster_name TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  held INTEGER NOT NULL,
  overflow INTEGER NOT NULL
) STRICT;
CREATE TABLE finished_jobs (
  id INTEGER PRIMARY KEY,
  pair INTEGER NOT NULL,
  overflow INTEGER NOT NULL,
  counted_as INTEGER,
  status INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  updated_at INTEGER,
  runtime_seconds INTEGER,
  wait_seconds INTEGER,
  outputs BLOB NOT NULL
) STRICT;
CREATE TABLE anomalies (
  reason INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (reason, subject)
) STRICT, WITHOUT ROWID;
)sql";

Error FileError(const std::string& path, const std::string& reason) {
  return {ErrorCode::kStorage, "ledger \"" + path + "\": " + reason};
}

Error SystemError(const std::string& path, const std::string& action) {
  return FileError(path, "cannot " + action + ": " + std::strerror(errno));
}

Status WriteSchema(Database& database, const std::string& account, bool counts_from_birth) {
  const std::string header = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                             "; PRAGMA user_version=" + std::to_string(kVersion) + ";";
  if (auto done = database.Execute("BEGIN EXCLUSIVE;" + header + kSchema); !done) return done;
  auto insert =
      database.Prepare("INSERT INTO ledger (one, account, counts_from_birth) VALUES (1, ?, ?)");
  if (!insert) return insert.error();
  insert->Bind(std::string_view(account)).Bind(int64_t{counts_from_birth});
  if (auto done = database.Run(*insert); !done) return done;
  return database.Execute("COMMIT");
}

Status SyncFolder(const fs::path& file) {
  const fs::path folder = file.parent_path().empty() ? fs::path(".") : file.parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(folder, "open the folder");
  const int code = fsync(descriptor);
  const int reason = errno;
  close(descriptor);
  errno = reason;
  if (code != 0) return SystemError(folder, "sync the folder");
  return Done{};
}

Status MakeFolder(const fs::path& file) {
  std::error_code error;
  if (!file.parent_path().empty()) fs::create_directories(file.parent_path(), error);
  if (error) return FileError(file, "cannot make its folder: " + error.message());
  return Done{};
}

// A file gets its name only when it is whole, so that an empty one is always damage.
Status Create(const std::string& path, const std::string& account, bool counts_from_birth) {
  const std::string draft = path + ".new";
  std::error_code ignored;  // of an earlier attempt; if it cannot go, opening it will tell
  fs::remove(draft, ignored);
  fs::remove(draft + "-journal", ignored);
  {
    auto database = Database::Open(draft, /*create=*/true);
    if (!database) return database.error();
    if (auto done = database->Execute("PRAGMA synchronous=FULL"); !done) return done;
    if (auto done = WriteSchema(*database, account, counts_from_birth); !done) return done;
  }
  if (rename(draft.c_str(), path.c_str()) != 0) return SystemError(path, "give it its name");
  return SyncFolder(path);
}

Status CheckOwner(Database& database, const std::string& account) {
  const auto application = database.QueryInteger("PRAGMA application_id");
  if (!application) return application.error();
  if (*application != kApplicationId) {
    return FileError(database.path(),
                     "damaged, or not a ledger (another program's file): name another "
                     "--storage.path, or start once with --storage.reset to move it aside and "
                     "count from now");
  }
  const auto version = database.QueryInteger("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > kVersion) {
    return FileError(database.path(), "written by a newer version (format " +
                                          std::to_string(*version) + ", this one knows " +
                                          std::to_string(kVersion) + "): use that version");
  }
  const auto check = database.QueryText("PRAGMA quick_check(1)");
  if (!check) return check.error();
  if (*check != "ok") {
    return FileError(database.path(),
                     "damaged (" + *check +
                         "): put a good copy in its place, or start once with --storage.reset to "
                         "move it aside and count from now");
  }
  const auto owner = database.QueryText("SELECT account FROM ledger");
  if (!owner) return owner.error();
  if (*owner != account) {
    return FileError(database.path(), "belongs to account \"" + *owner + "\", not to \"" + account +
                                          "\": name another --storage.path");
  }
  return Done{};
}

// Writes nothing: not even the page count of a header that has it wrong, which a commit would
// correct. EXCLUSIVE keeps the lock for the life of the connection, and the WAL index in memory.
Status Lock(Database& database) {
  return database.Execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
}

Status UseWal(Database& database) {
  return database.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
}

bool HasCompanion(const std::string& path) {
  return std::ranges::any_of(kCompanions,
                             [&](const char* suffix) { return fs::exists(path + suffix); });
}

// "path.aside.1", or the next number that is free.
std::string FreeName(const std::string& path) {
  for (int number = 1;; ++number) {
    std::string name = path + ".aside." + std::to_string(number);
    if (!fs::exists(name) && !HasCompanion(name)) return name;
  }
}

bool InUse(const std::string& path) {
  auto database = Database::Open(path, /*create=*/false);
  if (!database) return false;
  const auto locked = database->Execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
  return !locked && locked.error().message.find("another process") != std::string::npos;
}

}  // namespace

Result<Database> OpenLedgerFile(const std::string& path, const std::string& account) {
  if (auto done = MakeFolder(path); !done) return done.error();
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (error) return FileError(path, "cannot look at it: " + error.message());
  if (!exists) {
    for (const char* suffix : kCompanions) {
      if (!fs::exists(path + suffix, error)) continue;
      return FileError(path, "missing, while its companion \"" + path + suffix +
                                 "\" is there: put the file back, or start once with "
                                 "--storage.reset to move what is left aside and count from now");
    }
    if (auto done = Create(path, account, /*counts_from_birth=*/false); !done) return done.error();
  }
  // SQLite would take it for a database to be made, and write to it.
  constexpr uintmax_t kLeastSize = 512;  // one page
  if (const auto size = fs::file_size(path, error); !error && size < kLeastSize) {
    return FileError(path,
                     "damaged (cut off): put a good copy in its place, or start once with "
                     "--storage.reset to move it aside and count from now");
  }
  auto database = Database::Open(path, /*create=*/false);
  if (!database) return database.error();
  if (auto done = Lock(*database); !done) return done.error();
  if (auto done = CheckOwner(*database, account); !done) return done.error();
  // Only now, as it writes: a file that is refused stays as it is.
  if (auto done = UseWal(*database); !done) return done.error();
  return database;
}

Result<Database> OpenLedgerInMemory(const std::string& account) {
  auto database = Database::Open(":memory:", /*create=*/true);
  if (!database) return database.error();
  if (auto done = WriteSchema(*database, account, /*counts_from_birth=*/false); !done) {
    return done.error();
  }
  return database;
}

Result<std::string> ResetLedgerFile(const std::string& path, const std::string& account) {
  if (auto done = MakeFolder(path); !done) return done.error();
  std::string aside;
  if (fs::exists(path) || HasCompanion(path)) {
    if (fs::exists(path) && InUse(path)) {
      return FileError(path, "in use by another process: stop it before --storage.reset");
    }
    aside = FreeName(path);
    // The companions first: they must never stand beside a newer file.
    for (const char* suffix : {"-wal", "-journal", ""}) {
      if (!fs::exists(path + suffix)) continue;
      if (rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0) {
        return SystemError(path + suffix, "move it aside");
      }
    }
  }
  if (auto done = Create(path, account, /*counts_from_birth=*/true); !done) return done.error();
  return aside;
}

}  // namespace xplenty
