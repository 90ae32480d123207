#include "ledger/ledger_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "ledger/folder.h"
#include "ledger/rows.h"

namespace xplenty {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kApplicationId = 0x78706c31;  // "xpl1"
constexpr int64_t kVersion = 3;

// SQLite may leave a journal beside a file, and would apply it to any other file of that name.
constexpr const char* kJournal = "-journal";

constexpr const char* kSchema = R"sql(
CREATE TABLE ledger (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  account TEXT NOT NULL,
  counts_from_creation INTEGER NOT NULL,
  count_from INTEGER,
  watermark INTEGER,
  initial_sync_complete INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  jobs_checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE package_clusters (
  id INTEGER PRIMARY KEY,
  package_id INTEGER,
  package_name TEXT NOT NULL,
  cluster_id INTEGER,
  cluster_name TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  zero_pending INTEGER NOT NULL,
  overflow INTEGER NOT NULL
) STRICT;
CREATE TABLE finished_jobs (
  id INTEGER PRIMARY KEY,
  package_cluster INTEGER NOT NULL,
  overflow INTEGER NOT NULL,
  counted_as INTEGER,
  status INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  updated_at INTEGER,
  runtime_seconds INTEGER,
  wait_seconds INTEGER,
  outputs BLOB NOT NULL,
  zero_pending INTEGER NOT NULL
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

Status WriteSchema(Database& database, const std::string& account, bool counts_from_creation) {
  const std::string header = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                             "; PRAGMA user_version=" + std::to_string(kVersion) + ";";
  RETURN_IF_ERROR(database.Execute("BEGIN EXCLUSIVE;" + header + kSchema));
  auto insert = database.Prepare(std::string("INSERT INTO ledger (one, ") + kHeaderColumns +
                                 ", checksum, jobs_checksum) VALUES (1, ?, ?, ?, ?, ?, ?, 0)");
  if (!insert) return insert.error();
  LedgerHeader row;
  row.account = account;
  row.counts_from_creation = counts_from_creation;
  const auto header_values = ValuesOf(row);
  std::vector<SqlValue> values(header_values.begin(), header_values.end());
  values.emplace_back(static_cast<int64_t>(ChecksumOf(RowKind::kHeader, header_values)));
  RETURN_IF_ERROR(database.Run(insert->Bind(values)));
  return database.Execute("COMMIT");
}

// A file gets its name only when it is whole, so that an empty one is always damage.
Status Create(const std::string& path, const std::string& account, bool counts_from_creation) {
  const std::string draft = path + ".new";
  std::error_code ignored;  // of an earlier attempt; if it cannot go, opening it will tell
  fs::remove(draft, ignored);
  fs::remove(draft + kJournal, ignored);
  {
    auto database = Database::Open(draft, /*create=*/true);
    if (!database) return database.error();
    RETURN_IF_ERROR(database->Execute("PRAGMA synchronous=EXTRA"));
    RETURN_IF_ERROR(WriteSchema(*database, account, counts_from_creation));
  }
  if (rename(draft.c_str(), path.c_str()) != 0) return SystemError(path, "give it its name");
  return SyncFolderOf(path);
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
  if (*version < kVersion)
    return DamagedLedger(database.path(), "format " + std::to_string(*version));
  if (*version > kVersion) {
    return FileError(database.path(), "written by a newer version (format " +
                                          std::to_string(*version) + ", this one knows " +
                                          std::to_string(kVersion) + "): use that version");
  }
  const auto check = database.QueryText("PRAGMA quick_check(1)");
  if (!check) return check.error();
  if (*check != "ok") return DamagedLedger(database.path(), *check);
  const auto owner = database.QueryText("SELECT account FROM ledger");
  if (!owner) return owner.error();
  if (*owner != account) {
    return FileError(database.path(), "belongs to account \"" + *owner + "\", not to \"" + account +
                                          "\": name another --storage.path");
  }
  return OkStatus();
}

// EXCLUSIVE keeps the lock for the life of the connection. This writes nothing, not even the page
// count of a header that has it wrong, which a commit would correct; but SQLite's own recovery
// takes back a transaction that a crash has left half written.
Status Lock(Database& database) {
  return database.Execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
}

// "path.aside.1", or the next number that is free.
std::string FreeName(const std::string& path) {
  for (int number = 1;; ++number) {
    std::string name = path + ".aside." + std::to_string(number);
    if (!fs::exists(name) && !fs::exists(name + kJournal)) return name;
  }
}

bool InUse(const std::string& path) {
  auto database = Database::Open(path, /*create=*/false);
  if (!database) return false;
  const auto locked = database->Execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
  return !locked && locked.error().message.find("another process") != std::string::npos;
}

Status MakeIfMissing(const std::string& path, const std::string& account) {
  RETURN_IF_ERROR(MakeFolderOf(path));
  const auto lock = FolderLock::Take(path);
  if (!lock) return lock.error();
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (error) return FileError(path, "cannot look at it: " + error.message());
  if (exists) return OkStatus();
  if (fs::exists(path + kJournal, error)) {
    return FileError(path, "missing, while its journal \"" + path + kJournal +
                               "\" is there: put the file back, or start once with "
                               "--storage.reset to move what is left aside and count from now");
  }
  return Create(path, account, /*counts_from_creation=*/false);
}

}  // namespace

std::string LedgerPath(const std::string& folder, const std::string& account) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string name;
  for (const char c : account) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (plain) {
      name += c;
    } else {
      name += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return folder + "/" + name + ".sqlite3";
}

Error DamagedLedger(const std::string& path, const std::string& how) {
  return FileError(path, "damaged (" + how + "): " + kDamageAdvice);
}

Result<Database> OpenLedgerFile(const std::string& path, const std::string& account) {
  RETURN_IF_ERROR(MakeIfMissing(path, account));
  // SQLite would take it for a database to be made, and write to it.
  constexpr uintmax_t kLeastSize = 512;  // one page
  std::error_code error;
  if (const auto size = fs::file_size(path, error); !error && size < kLeastSize) {
    return DamagedLedger(path, "cut off");
  }
  auto database = Database::Open(path, /*create=*/false);
  if (!database) return database.error();
  RETURN_IF_ERROR(Lock(*database));
  RETURN_IF_ERROR(CheckOwner(*database, account));
  return database;
}

Result<Database> OpenLedgerInMemory(const std::string& account) {
  auto database = Database::Open(":memory:", /*create=*/true);
  if (!database) return database.error();
  RETURN_IF_ERROR(WriteSchema(*database, account, /*counts_from_creation=*/false));
  return database;
}

Result<std::string> ResetLedgerFile(const std::string& path, const std::string& account) {
  RETURN_IF_ERROR(MakeFolderOf(path));
  const auto lock = FolderLock::Take(path);
  if (!lock) return lock.error();
  std::string aside;
  if (fs::exists(path) || fs::exists(path + kJournal)) {
    if (fs::exists(path) && InUse(path)) {
      return FileError(path, "in use by another process: stop it before --storage.reset");
    }
    aside = FreeName(path);
    // The journal first: it must never stand beside a newer file.
    for (const char* suffix : {kJournal, ""}) {
      if (!fs::exists(path + suffix)) continue;
      if (rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0) {
        return SystemError(path + suffix, "move it aside");
      }
    }
  }
  RETURN_IF_ERROR(Create(path, account, /*counts_from_creation=*/true));
  return aside;
}

}  // namespace xplenty
