#include <filesystem>

#include <gtest/gtest.h>

#include "ledger_script.h"
#include "support/faulty_disk.h"
#include "support/temporary_folder.h"

namespace xplenty {
namespace {

using Fault = FaultyDisk::Fault;

// One ledger on a disk that fails, run through the script.
class FaultyRun {
 public:
  // `made`: a ledger's file as it is before its birth.
  explicit FaultyRun(const std::string& made) { WriteBytes(folder_.File("acme.sqlite3"), made); }

  static std::string MakeLedger() {
    const TemporaryFolder folder;
    EXPECT_TRUE(Ledger::Open(TestOptions(folder.path())));
    return ReadBytes(folder.File("acme.sqlite3"));
  }

  bool Open() {
    auto ledger = Ledger::Open(TestOptions(folder_.path()));
    if (!ledger) {
      refusal_ = ledger.error().message;
      return false;
    }
    ledger_ = std::move(*ledger);
    See(*ledger_->View(false));
    return true;
  }
  void Close() { ledger_.reset(); }
  bool RunScript() {
    return script_.DoAll(*ledger_, [this](const AccountView& view) { See(view); });
  }
  // Each step again until it is done: what a refresh does after a refresh that failed.
  void RunScriptPersistently() {
    for (size_t step = 0; step < script_.size(); ++step) {
      int attempts = 0;
      while (!script_.Do(step, *ledger_)) {
        See(*ledger_->View(false));
        ASSERT_LT(++attempts, 10) << "step " << step;
      }
      See(*ledger_->View(false));
    }
  }
  void ExpectTruth() const { EXPECT_EQ(FiguresOf(*ledger_->View(false)), script_.truth()); }

  FaultyDisk& disk() { return disk_; }
  const std::string& refusal() const { return refusal_; }

 private:
  void See(const AccountView& view) {
    const AllFigures figures = FiguresOf(view);
    EXPECT_TRUE(CoversAllOf(figures, seen_)) << "a counter fell";
    seen_ = figures;
  }

  TemporaryFolder folder_;
  LedgerScript script_;
  AllFigures seen_;
  std::string refusal_;
  FaultyDisk disk_;  // outlives the ledger
  std::unique_ptr<Ledger> ledger_;
};

class P3FaultyDisk : public testing::Test {
 protected:
  const std::string made_ = FaultyRun::MakeLedger();
  int64_t Operations() const {
    FaultyRun run(made_);
    EXPECT_TRUE(run.Open());
    EXPECT_TRUE(run.RunScript());
    run.Close();
    return run.disk().operations();
  }

  // Dies at each operation in turn; `then` is done to the disk before the next start.
  void DieAtEach(const std::function<void(FaultyDisk&, int64_t)>& then) {
    const int64_t operations = Operations();
    ASSERT_GT(operations, 100);
    for (int64_t n = 1; n <= operations; ++n) {
      SCOPED_TRACE("operation " + std::to_string(n));
      FaultyRun run(made_);
      run.disk().FailAt(n, Fault::kDead);
      if (run.Open()) run.RunScript();
      run.Close();
      ASSERT_TRUE(run.disk().failed());
      run.disk().Heal();
      then(run.disk(), n);
      ASSERT_TRUE(run.Open()) << run.refusal();
      ASSERT_TRUE(run.RunScript());
      run.ExpectTruth();
      ASSERT_FALSE(HasFailure());
    }
  }

  void FailAtEach(Fault fault, int64_t count) {
    const int64_t operations = Operations();
    for (int64_t n = 1; n <= operations; ++n) {
      SCOPED_TRACE("operation " + std::to_string(n));
      FaultyRun run(made_);
      ASSERT_TRUE(run.Open());  // which changes nothing on disk
      run.disk().FailAt(n, fault, count);
      run.RunScript();
      if (count > 1) run.disk().Heal();
      run.RunScriptPersistently();
      run.ExpectTruth();
      run.disk().Heal();
      run.Close();
      ASSERT_TRUE(run.Open()) << run.refusal();
      run.ExpectTruth();
      ASSERT_FALSE(HasFailure());
    }
  }
};

TEST_F(P3FaultyDisk, AKillAtAnyOperationLosesNothing) {
  DieAtEach([](FaultyDisk&, int64_t) {});
}

TEST_F(P3FaultyDisk, APowerCutAtAnyOperationLosesNothing) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    DieAtEach([seed](FaultyDisk& disk, int64_t n) {
      std::mt19937_64 random(seed * 1'000'003 + static_cast<uint64_t>(n));
      disk.CutPower(random);
    });
  }
}

TEST_F(P3FaultyDisk, AnErrorAtAnyOperationIsOvercome) {
  FailAtEach(Fault::kIoError, 1);
}

TEST_F(P3FaultyDisk, AnErrorAfterAnyOperationThatWasDoneIsOvercome) {
  FailAtEach(Fault::kLateError, 1);
}

TEST_F(P3FaultyDisk, ADiskThatIsFullOnceIsOvercome) {
  FailAtEach(Fault::kNoSpace, 1);
}

TEST_F(P3FaultyDisk, ADiskThatIsFullUntilSomebodyMakesRoomIsOvercome) {
  FailAtEach(Fault::kNoSpace, 1'000'000);
}

}  // namespace
}  // namespace xplenty
