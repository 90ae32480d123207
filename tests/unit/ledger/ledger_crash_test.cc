#include <csignal>
#include <random>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger_fixture.h"
#include "support/temporary_folder.h"

namespace xplenty::ledger_crash_test {
namespace {

using std::chrono::seconds;

constexpr int64_t kPages = 2000;
constexpr int64_t kJobsAPage = 5;

std::vector<Job> PageOf(int64_t page) {
  std::vector<Job> jobs;
  for (int64_t i = 0; i < kJobsAPage; ++i) {
    const int64_t id = page * kJobsAPage + i + 1;
    jobs.push_back(FinishedRow(id, kFinishedStatuses[static_cast<size_t>(id % 3)],
                               kNow + seconds(page), id % 3, id));
  }
  return jobs;
}

uint64_t CountedIn(const AccountView& view) {
  uint64_t counted = 0;
  for (const auto& [labels, figures] : FiguresOf(view)) {
    for (const uint64_t finished : figures.finished) counted += finished;
  }
  return counted;
}

// Commits pages and tells after each what it would publish, until it is killed.
[[noreturn]] void CommitForever(const LedgerOptions& options, int report) {
  auto ledger = Ledger::Open(options);
  if (!ledger) _exit(1);
  for (int64_t page = 0; page < kPages; ++page) {
    if (!CommitJobs(**ledger, PageOf(page), kNow, kNow + seconds(page))) _exit(2);
    const uint64_t counted = CountedIn(*(*ledger)->View(true));
    if (write(report, &counted, sizeof(counted)) != sizeof(counted)) _exit(3);
  }
  while (true) pause();
}

// The highest number the child reported before it was killed, which is after `reports` of them and
// anything it does until the signal arrives.
uint64_t RunAndKill(const LedgerOptions& options, int reports) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    CommitForever(options, pipe_ends[1]);
  }
  close(pipe_ends[1]);
  uint64_t highest = 0;
  uint64_t reported = 0;
  for (int n = 0; read(pipe_ends[0], &reported, sizeof(reported)) == sizeof(reported); ++n) {
    highest = std::max(highest, reported);
    if (n == reports) kill(child, SIGKILL);
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  return highest;
}

TEST(LedgerCrash, KillsLoseAndRepeatNothing) {
  const TemporaryFolder folder;
  const LedgerOptions options = TestOptions(folder.path());
  OpenBorn(options);
  std::mt19937 random(20260301);
  uint64_t published = 0;
  for (int round = 0; round < 20; ++round) {
    const int reports = std::uniform_int_distribution<int>(0, 30)(random);
    published = std::max(published, RunAndKill(options, reports));
    const auto ledger = OpenBorn(options);
    EXPECT_GE(CountedIn(*ledger->View(true)), published) << "round " << round;
  }
  const auto ledger = OpenBorn(options);
  std::vector<Job> all;
  for (int64_t page = 0; page < 60; ++page) {
    ASSERT_TRUE(CommitJobs(*ledger, PageOf(page)));
    for (const Job& job : PageOf(page)) all.push_back(job);
  }
  // Rounds that went further than these pages are whole too: read what is left of them.
  for (int64_t page = 60; CountedIn(*ledger->View(true)) > all.size() && page < kPages; ++page) {
    ASSERT_TRUE(CommitJobs(*ledger, PageOf(page)));
    for (const Job& job : PageOf(page)) all.push_back(job);
  }
  EXPECT_EQ(FiguresOf(*ledger->View(true)), TruthOf(all, FromUnix(0)));
}

}  // namespace
}  // namespace xplenty::ledger_crash_test
