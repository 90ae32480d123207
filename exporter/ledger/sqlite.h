#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace xplenty {

// What every message about a damaged file advises.
inline constexpr char kDamageAdvice[] =
    "put a good copy in its place, or start once with --storage.reset to move it aside and count "
    "from now";

// The little of SQLite that the store needs. One thread. Errors are kStorage; they name the file.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement);

  // Parameters are numbered from 1 in the order of these calls after Reset().
  Statement& Reset();
  Statement& Bind(int64_t value);
  Statement& Bind(std::optional<int64_t> value);
  Statement& Bind(std::string_view text);
  Statement& BindBlob(std::string_view bytes);

  bool IsNull(int column) const;
  int64_t Integer(int column) const;
  std::optional<int64_t> OptionalInteger(int column) const;
  // Until the next row.
  std::string_view Text(int column) const { return Blob(column); }
  std::string_view Blob(int column) const;

 private:
  friend class Database;
  int Step();  // SQLite's own codes: SQLITE_ROW, SQLITE_DONE or an error

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;
};

class Database {
 public:
  // `path` may be ":memory:".
  static Result<Database> Open(const std::string& path, bool create);

  Status Execute(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql);
  // Runs a statement that yields no rows, or visits those it yields; it is reset after that.
  Status Run(Statement& statement);
  Status ForEachRow(Statement& statement, const std::function<void(const Statement&)>& visit);
  // The first column of the first row, 0 if there is none.
  Result<int64_t> QueryInteger(const std::string& sql);
  Result<std::string> QueryText(const std::string& sql);

  const std::string& path() const { return path_; }
  // What SQLite says of the last call, as an error about this file.
  Error LastError() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace xplenty
