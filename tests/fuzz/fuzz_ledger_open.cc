// The input is a script that damages the files of a ledger (ledger_script.h). The ledger either
// opens and works, or it is refused and stays as it is.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/ledger_script.h"
#include "ledger/ledger.h"
#include "support/figures.h"
#include "support/temporary_folder.h"

namespace xplenty {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kLater = FromUnix(1'000'100'000);

class LedgerTester {
 public:
  LedgerTester() {
    good_ = MakeGoodLedger(options_, path_);
    Restore(good_.closed);
    figures_ = FiguresNow();
  }

  void Check(std::string_view script) {
    const LedgerFiles files = ApplyScript(good_, script);
    const bool good = files == good_.closed || files == good_.hot;
    Restore(files);
    auto ledger = Ledger::Open(options_);
    if (!ledger) {
      Require(!good, "a good ledger and one after a crash are not refused");
      CheckRefusal(files, ledger.error());
      return;
    }
    const AllFigures previous = FiguresOf(*(*ledger)->View(true));
    const bool damaged = !Contains(script, "raw");  // "raw" may be another program's file
    Require(!damaged || previous == figures_, "exactly the committed jobs are shown");
    CheckCommit(std::move(*ledger), previous, good);
  }

 private:
  void Clear() {
    for (const auto& entry : fs::directory_iterator(folder_.path())) fs::remove_all(entry.path());
  }

  void Restore(const LedgerFiles& files) {
    Clear();
    WriteFiles(path_, files);
  }

  AllFigures FiguresNow() {
    const auto ledger = Ledger::Open(options_);
    Require(ledger.has_value(), "a written ledger can be opened again");
    return FiguresOf(*(*ledger)->View(true));
  }

  void CheckError(const Error& error) {
    Require(error.code == ErrorCode::kStorage && Contains(error.message, path_),
            "an error is kStorage and names the file");
  }

  void CheckRefusal(const LedgerFiles& files, const Error& error) {
    CheckError(error);
    // SQLite rolls a hot journal back before the exporter can look at the file, and removes an
    // empty journal.
    const bool recovers = files.journal && !files.journal->empty();
    Require(recovers || ReadFiles(path_).ledger == files.ledger, "a refused file stays as it is");
    const auto again = Ledger::Open(options_);
    Require(!again, "a refused ledger stays refused");
  }

  void CheckCommit(std::unique_ptr<Ledger> ledger, const AllFigures& previous, bool good) {
    if (!ledger->header().count_from)
      Require(ledger->Initialize(kLater).has_value(), "a ledger can be initialized");
    Job job = MakeJob(1'000'000'007, JobStatus::kCompleted, kLater, 1);
    job.completed_at = kLater;
    const auto status = ledger->Commit(
        {.jobs = {job}, .rejects = {}, .server_time = kLater, .watermark = std::nullopt});
    const AllFigures after = FiguresOf(*ledger->View(true));
    if (!status) {
      CheckError(status.error());
      Require(!good && after == previous, "a failed commit changes nothing");
      return;
    }
    Require(CoversAllOf(after, previous), "no counter falls");
    const size_t completed = FinishedIndex(JobStatus::kCompleted);
    Require(!good || after.at({"p1", "c1"}).finished[completed] ==
                         previous.at({"p1", "c1"}).finished[completed] + 1,
            "the job is counted");
    ledger.reset();
    Require(FiguresNow() == after, "the counters are on the disk");
  }

  TemporaryFolder folder_;
  LedgerOptions options_ = {.folder = folder_.path(),
                            .account = "acme",
                            .account_label = "Acme",
                            .aggregates = {.zero_first = false,
                                           .runtime_bounds = {10, 100},
                                           .wait_bounds = {5, 50},
                                           .lookback = std::chrono::hours(24),
                                           .series_retention = std::chrono::hours(24 * 365),
                                           .max_series = 1'000'000,
                                           .samples_per_series = 10,
                                           .samples_per_package = 3}};
  std::string path_ = folder_.File("acme.sqlite3");
  GoodLedger good_;
  AllFigures figures_;
};

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static xplenty::LedgerTester tester;  // once, as making the good ledger is slow
  tester.Check(xplenty::AsText(data, size));
  return 0;
}
