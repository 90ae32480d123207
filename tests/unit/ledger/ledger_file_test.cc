#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger_fixture.h"
#include "support/temporary_folder.h"

namespace xplenty::ledger_file_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LedgerFile : public testing::Test {
 protected:
  void MakeLedger() {
    auto ledger = OpenBorn(options_);
    ASSERT_TRUE(CommitJobs(*ledger, {FinishedRow(1, JobStatus::kCompleted, kNow)}, kNow, kNow));
  }
  void Sql(const std::string& sql) {
    sqlite3* database = nullptr;
    sqlite3_open(path_.c_str(), &database);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
  // Refused with its name and the word, and not a byte of it different.
  void ExpectRefusedUnchanged(const std::string& reason) {
    const std::string previous = ReadBytes(path_);
    const auto ledger = Ledger::Open(options_);
    ASSERT_FALSE(ledger);
    EXPECT_EQ(ledger.error().code, ErrorCode::kStorage);
    EXPECT_THAT(ledger.error().message, AllOf(HasSubstr(path_), HasSubstr(reason)));
    EXPECT_TRUE(ReadBytes(path_) == previous) << "the file was changed";
  }

  TemporaryFolder folder_;
  LedgerOptions options_ = TestOptions(folder_.path());
  std::string path_ = folder_.File("acme.sqlite3");
};

TEST_F(LedgerFile, RefusesASecondLedgerOnTheSameFile) {
  const auto first = OpenBorn(options_);
  ExpectRefusedUnchanged("in use by another process");
}

TEST_F(LedgerFile, RefusesAFileOfANewerVersion) {
  MakeLedger();
  Sql("PRAGMA user_version=99");
  ExpectRefusedUnchanged("newer version");
}

TEST_F(LedgerFile, RefusesAFormatThatNoReleaseWrote) {
  MakeLedger();
  for (const std::string format : {"0", "1", "2"}) {
    Sql("PRAGMA user_version=" + format);
    ExpectRefusedUnchanged("damaged (format " + format + ")");
  }
}

TEST_F(LedgerFile, RefusesEditedRemovedOrAddedRows) {
  MakeLedger();
  const std::string good = ReadBytes(path_);
  for (const std::string edit :
       {"UPDATE ledger SET watermark = watermark + 1",
        "UPDATE ledger SET initial_sync_complete = 1",
        "UPDATE package_clusters SET package_name = 'q'", "UPDATE finished_jobs SET status = 3",
        "DELETE FROM finished_jobs", "INSERT INTO anomalies VALUES (0, 1)",
        "UPDATE ledger SET checksum = checksum + 1",
        "UPDATE ledger SET jobs_checksum = jobs_checksum + 1"}) {
    SCOPED_TRACE(edit);
    WriteBytes(path_, good);
    Sql(edit);
    ExpectRefusedUnchanged("its rows are not the ones that were written");
  }
}

TEST_F(LedgerFile, ConcurrentCreationHasOneWinner) {
  constexpr int kProcesses = 4;
  int tell[2];
  int hold[2];
  ASSERT_TRUE(pipe(tell) == 0 && pipe(hold) == 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    close(hold[1]);
    const auto ledger = Ledger::Open(options_);
    const bool refused_rightly =
        !ledger && ledger.error().message.find("in use") != std::string::npos;
    const char reported = ledger ? 'y' : refused_rightly ? 'n' : '?';
    char released = 0;
    const bool written = write(tell[1], &reported, 1) == 1;
    _exit(written && read(hold[0], &released, 1) == 0 ? 0 : 1);  // until all have reported
  }
  std::string reported(kProcesses, '-');
  for (char& one : reported) ASSERT_EQ(read(tell[0], &one, 1), 1);
  EXPECT_EQ(std::ranges::count(reported, 'y'), 1) << reported;
  EXPECT_EQ(std::ranges::count(reported, 'n'), kProcesses - 1) << reported;
  for (const int end : {tell[0], tell[1], hold[0], hold[1]}) close(end);
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
}

TEST_F(LedgerFile, MakesTheFoldersAboveIt) {
  options_.folder = folder_.File("a/b/c");
  ASSERT_TRUE(Ledger::Open(options_));
  EXPECT_TRUE(std::filesystem::exists(folder_.File("a/b/c/acme.sqlite3")));
}

TEST_F(LedgerFile, NamesAnImpossibleFolder) {
  WriteBytes(folder_.File("file"), "");
  options_.folder = folder_.File("file/data");
  const auto ledger = Ledger::Open(options_);
  ASSERT_FALSE(ledger);
  EXPECT_THAT(ledger.error().message, AllOf(HasSubstr("file/data"), HasSubstr("cannot make it")));
}

TEST_F(LedgerFile, RefusesAnotherProgramsDatabase) {
  Sql("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  ExpectRefusedUnchanged("not a ledger");
}

// SQLite corrects such a header with the next transaction that is committed, even an empty one.
TEST_F(LedgerFile, RefusesForeignFileWithWrongSize) {
  Sql("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  std::string bytes = ReadBytes(path_);
  bytes[27] = static_cast<char>(bytes[27] + 1);  // the counter of changes: not the one of the count
  bytes[31] = 99;                                // the count of pages
  WriteBytes(path_, bytes);
  ExpectRefusedUnchanged("not a ledger");
}

TEST_F(LedgerFile, RefusesAnotherAccountsLedger) {
  MakeLedger();
  options_.account = "globex";
  const std::string other = folder_.File("globex.sqlite3");
  std::filesystem::rename(path_, other);
  path_ = other;
  ExpectRefusedUnchanged("belongs to account \"acme\"");
}

TEST_F(LedgerFile, RefusesRandomBytes) {
  std::string bytes(10'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 2654435761U >> 7 & 0xff);
  WriteBytes(path_, bytes);
  ExpectRefusedUnchanged("--storage.reset");
}

TEST_F(LedgerFile, RefusesAnEmptyFile) {
  WriteBytes(path_, "");
  ExpectRefusedUnchanged("--storage.reset");
}

TEST_F(LedgerFile, RefusesAFileThatIsCutOff) {
  MakeLedger();
  const std::string whole = ReadBytes(path_);
  for (const size_t size : {size_t{50}, size_t{1000}, size_t{4096}, whole.size() - 4096}) {
    WriteBytes(path_, whole.substr(0, size));
    SCOPED_TRACE(size);
    ExpectRefusedUnchanged("--storage.reset");
  }
}

TEST_F(LedgerFile, RefusesAFolderInItsPlace) {
  std::filesystem::create_directory(path_);
  const auto ledger = Ledger::Open(options_);
  ASSERT_FALSE(ledger);
  EXPECT_THAT(ledger.error().message, HasSubstr(path_));
}

TEST_F(LedgerFile, RefusesAJournalWithoutAFile) {
  WriteBytes(path_ + "-journal", "left");
  const auto ledger = Ledger::Open(options_);
  ASSERT_FALSE(ledger);
  EXPECT_THAT(ledger.error().message, AllOf(HasSubstr(path_), HasSubstr("missing")));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(ReadBytes(path_ + "-journal"), "left");
}

TEST_F(LedgerFile, ResetMovesTheOldFileAside) {
  WriteBytes(path_, "rubbish");
  WriteBytes(path_ + "-journal", "its journal");
  const auto aside = Ledger::Reset(options_);
  ASSERT_TRUE(aside) << aside.error().message;
  EXPECT_EQ(ReadBytes(*aside), "rubbish");
  EXPECT_FALSE(std::filesystem::exists(path_ + "-journal"));
  auto ledger = Ledger::Open(options_);
  ASSERT_TRUE(ledger);
  EXPECT_TRUE((*ledger)->header().counts_from_creation);
  EXPECT_FALSE((*ledger)->header().count_from);
}

TEST_F(LedgerFile, ResetsTwiceWithoutLosingTheFirst) {
  WriteBytes(path_, "one");
  const auto first = Ledger::Reset(options_);
  const auto second = Ledger::Reset(options_);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(ReadBytes(*first), "one");
}

TEST_F(LedgerFile, RefusesToResetALedgerInUse) {
  const auto ledger = OpenBorn(options_);
  const auto aside = Ledger::Reset(options_);
  ASSERT_FALSE(aside);
  EXPECT_THAT(aside.error().message, HasSubstr("in use"));
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(LedgerFile, ResetWithoutAFileCreatesOne) {
  const auto aside = Ledger::Reset(options_);
  ASSERT_TRUE(aside);
  EXPECT_EQ(*aside, "");
  EXPECT_TRUE(Ledger::Open(options_));
}

TEST_F(LedgerFile, FileNameStaysInTheFolder) {
  options_.account = "../a/b.c";
  ASSERT_TRUE(Ledger::Open(options_));
  EXPECT_TRUE(std::filesystem::exists(folder_.File("%2E%2E%2Fa%2Fb%2Ec.sqlite3")));
}

TEST_F(LedgerFile, InMemoryLeavesNothingBehind) {
  options_.folder.clear();
  const auto one = OpenBorn(options_);
  const auto other = OpenBorn(options_);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace xplenty::ledger_file_test
