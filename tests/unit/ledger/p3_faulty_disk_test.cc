#include <gtest/gtest.h>

#include "faulty_run.h"

namespace xplenty::p3_faulty_disk_test {
namespace {

using Fault = FaultyDisk::Fault;

class P3FaultyDisk : public testing::Test {
 protected:
  const LedgerFiles made_ = FaultyRun::MakeLedger();
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

TEST_F(P3FaultyDisk, KillAnywhereLosesNothing) {
  DieAtEach([](FaultyDisk&, int64_t) {});
}

TEST_F(P3FaultyDisk, PowerCutAnywhereLosesNothing) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    DieAtEach([seed](FaultyDisk& disk, int64_t n) {
      std::mt19937_64 random(seed * 1'000'003 + static_cast<uint64_t>(n));
      disk.CutPower(random);
    });
  }
}

TEST_F(P3FaultyDisk, RecoversFromAnErrorAtAnyOperation) {
  FailAtEach(Fault::kIoError, 1);
}

TEST_F(P3FaultyDisk, RecoversFromAnErrorAfterAnyOperation) {
  FailAtEach(Fault::kLateError, 1);
}

TEST_F(P3FaultyDisk, RecoversFromADiskFullOnce) {
  FailAtEach(Fault::kNoSpace, 1);
}

TEST_F(P3FaultyDisk, RecoversWhenAFullDiskHasRoom) {
  FailAtEach(Fault::kNoSpace, 1'000'000);
}

}  // namespace
}  // namespace xplenty::p3_faulty_disk_test
