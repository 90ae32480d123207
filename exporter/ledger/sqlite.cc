#include "ledger/sqlite.h"

#include <utility>

#include <sqlite3.h>

namespace xplenty {

Statement::Statement(sqlite3_stmt* statement) : statement_(statement) {}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::Bind(std::span<const SqlValue> values) {
  sqlite3_stmt* const statement = statement_.get();
  int number = 0;
  for (const SqlValue& value : values) {
    ++number;
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      sqlite3_bind_int64(statement, number, *integer);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      sqlite3_bind_text64(statement, number, text->data(), text->size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<SqlBlob>(&value)) {
      sqlite3_bind_blob64(statement, number, blob->bytes.data(), blob->bytes.size(),
                          SQLITE_TRANSIENT);
    } else {
      sqlite3_bind_null(statement, number);
    }
  }
  return *this;
}

int Statement::Step() {
  return sqlite3_step(statement_.get());
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<int64_t> Statement::OptionalInteger(int column) const {
  const int64_t value = Integer(column);  // 0 if there is none
  if (value == 0 && IsNull(column)) return std::nullopt;
  return value;
}

std::string_view Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::Open(const std::string& path, bool create) {
  constexpr int kBusyMilliseconds = 2000;  // a predecessor may still be on its way out
  Database database;
  database.path_ = path;
  sqlite3* handle = nullptr;
  // No mutex: one thread uses it.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database.database_.reset(handle);
  if (code != SQLITE_OK) return database.LastError();
  // What SQLite cannot open for writing it opens for reading, and says nothing.
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return Error{ErrorCode::kStorage, "ledger \"" + path + "\": read-only: it must be writable"};
  }
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  return database;
}

Error Database::LastError() const {
  sqlite3* handle = database_.get();
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle) & 0xff;
  std::string reason = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      reason =
          "in use by another process: one exporter a ledger; stop the other one or give this "
          "one its own --storage.path";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      reason = "damaged, or not a ledger (" + reason + "): " + kDamageAdvice;
      break;
    default:
      break;
  }
  return {ErrorCode::kStorage, "ledger \"" + path_ + "\": " + reason};
}

Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return OkStatus();
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return Statement(statement);
}

Status Database::Run(Statement& statement) {
  return ForEachRow(statement, [](const Statement&) {});
}

Status Database::ForEachRow(Statement& statement,
                            const std::function<void(const Statement&)>& visit) {
  int code = 0;
  while ((code = statement.Step()) == SQLITE_ROW) visit(statement);
  Status status = OkStatus();
  if (code != SQLITE_DONE) status = LastError();
  sqlite3_reset(statement.statement_.get());
  return status;
}

Result<int64_t> Database::QueryInteger(const std::string& sql) {
  auto statement = Prepare(sql);
  if (!statement) return statement.error();
  std::optional<int64_t> first;
  auto status = ForEachRow(*statement, [&](const Statement& row) {
    if (!first) first = row.Integer(0);
  });
  if (!status) return status.error();
  return first.value_or(0);
}

Result<std::string> Database::QueryText(const std::string& sql) {
  auto statement = Prepare(sql);
  if (!statement) return statement.error();
  std::optional<std::string> first;
  auto status = ForEachRow(*statement, [&](const Statement& row) {
    if (!first) first = row.Text(0);
  });
  if (!status) return status.error();
  return first.value_or("");
}

}  // namespace xplenty
