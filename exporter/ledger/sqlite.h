#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace xplenty {

// The advice in every message about a damaged file.
inline constexpr char kDamageAdvice[] =
    "put a good copy in its place, or start once with --storage.reset to move it aside and count "
    "from now";

// Bytes that are no text.
struct SqlBlob {
  std::string_view bytes;
};

// A value of a column: NULL, an integer, text or bytes. Text and bytes must outlive it.
using SqlValue = std::variant<std::monostate, int64_t, std::string_view, SqlBlob>;

// A prepared statement of SQLite. One thread. It must be dropped before its database.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement);

  // Sets the parameters in their order. Text and bytes are copied.
  Statement& Bind(std::span<const SqlValue> values);
  Statement& Bind(const SqlValue& value) { return Bind(std::span(&value, 1)); }

  // Return a column of the current row, counted from 0. A column that is NULL is 0, or empty.
  bool IsNull(int column) const;
  int64_t Integer(int column) const;
  std::optional<int64_t> OptionalInteger(int column) const;
  // The bytes are valid until the next row.
  std::string_view Text(int column) const { return Blob(column); }
  std::string_view Blob(int column) const;

 private:
  friend class Database;
  int Step();  // SQLite's own codes: SQLITE_ROW, SQLITE_DONE or an error

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// A connection to one SQLite database. One thread. Errors are kStorage; they name the file.
class Database {
 public:
  // Opens a file for writing, or ":memory:"; makes it if `create` is set. Statements wait two
  // seconds for another process that has locked it.
  static Result<Database> Open(const std::string& path, bool create);

  // Runs statements whose rows do not matter.
  Status Execute(const std::string& sql);
  // Prepares one statement, to be run as often as is wanted.
  Result<Statement> Prepare(std::string_view sql);
  // Run a statement and reset it. Run() is for one that yields no rows.
  Status Run(Statement& statement);
  Status ForEachRow(Statement& statement, const std::function<void(const Statement&)>& visit);
  // Return the first column of the first row; 0 or "" if there is none.
  Result<int64_t> QueryInteger(const std::string& sql);
  Result<std::string> QueryText(const std::string& sql);

  // Returns the path that it was opened by.
  const std::string& path() const { return path_; }
  // Returns what SQLite says of the last call, as an error about this file.
  Error LastError() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace xplenty
