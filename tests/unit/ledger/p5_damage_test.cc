#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faulty_run.h"

namespace xplenty::p5_damage_test {
namespace {

constexpr char kFile[] = "acme.sqlite3";
constexpr char kJournal[] = "acme.sqlite3-journal";

// Each one takes minutes.
size_t Stride(size_t usual) {
  return std::getenv("XPLENTY_EVERY_BYTE") == nullptr ? usual : 1;
}

// Every `stride`-th byte in turn, each time another of its bits.
void FlipEach(const std::string& bytes, size_t stride,
              const std::function<void(const std::string&)>& visit) {
  for (size_t at = 0; at < bytes.size(); at += stride) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at / stride % 8)));
    SCOPED_TRACE("flipped in byte " + std::to_string(at));
    visit(damaged);
  }
}

void CutEach(const std::string& bytes, size_t stride,
             const std::function<void(const std::string&)>& visit) {
  for (size_t size = 0; size < bytes.size(); size += stride) {
    SCOPED_TRACE("cut to " + std::to_string(size));
    visit(bytes.substr(0, size));
  }
}

class P5Damage : public testing::Test {
 protected:
  // Refused by name, or opened and whole.
  static bool IsRefused(FaultyRun& run) {
    if (run.Open()) return false;
    EXPECT_THAT(run.refusal(), testing::HasSubstr(kFile));
    return true;
  }
};

// After a clean stop: what is opened shows what it showed; what is refused is left as it is.
class P5DamagedFile : public P5Damage {
 protected:
  void SetUp() override {
    FaultyRun run(FaultyRun::MakeLedger());
    ASSERT_TRUE(run.Open());
    ASSERT_TRUE(run.RunScript());
    previous_ = run.ledger().View(false);
    run.Close();
    files_ = run.files();
    ASSERT_GT(files_.at(kFile).size(), 5U * 4096);
  }

  void ExpectRefusedOrHarmless(const std::string& damaged) {
    LedgerFiles files = files_;
    files[kFile] = damaged;
    FaultyRun run(files);
    if (IsRefused(run)) {
      ++refused_;
      ASSERT_EQ(run.files().at(kFile), damaged) << "changed, though refused";
      return;
    }
    const auto after = run.ledger().View(false);
    ASSERT_EQ(FiguresOf(*after), FiguresOf(*previous_));
    ASSERT_EQ(after->watermark, previous_->watermark);
    ASSERT_EQ(after->count_from, previous_->count_from);
    ASSERT_EQ(after->initial_sync_complete, previous_->initial_sync_complete);
    ASSERT_EQ(after->anomalies, previous_->anomalies);
  }

  LedgerFiles files_;
  std::shared_ptr<const AccountView> previous_;
  int refused_ = 0;
};

TEST_F(P5DamagedFile, FlippedBitIsFoundUnlessUnread) {
  FlipEach(files_.at(kFile), Stride(11),
           [&](const std::string& bytes) { ExpectRefusedOrHarmless(bytes); });
  EXPECT_GT(refused_, 500);
}

TEST_F(P5DamagedFile, TruncationIsFoundAnywhere) {
  CutEach(files_.at(kFile), Stride(97),
          [&](const std::string& bytes) { ExpectRefusedOrHarmless(bytes); });
  EXPECT_GT(refused_, 100);
}

// After a crash inside a transaction: refused, or nothing that was shown is lost, and the script
// run again reaches the truth.
class P5DamagedJournal : public P5Damage {
 protected:
  struct Crash {
    LedgerFiles files;
    AllFigures seen;
  };

  void SetUp() override {
    const LedgerFiles made = FaultyRun::MakeLedger();
    FaultyRun whole(made);
    ASSERT_TRUE(whole.Open());
    ASSERT_TRUE(whole.RunScript());
    const int64_t operations = whole.disk().operations();
    whole.Close();
    for (int64_t n = 1; n <= operations; n += 7) {
      FaultyRun run(made);
      ASSERT_TRUE(run.Open());
      run.disk().FailAt(n, FaultyDisk::Fault::kDead);
      run.RunScript();
      run.Close();
      if (const auto files = run.files(); !files.at(kJournal).empty()) {
        crashes_.push_back({files, run.seen()});
      }
    }
    ASSERT_GT(crashes_.size(), 10U);
  }

  void ExpectNothingLost(const LedgerFiles& files, const AllFigures& seen) {
    FaultyRun run(files, seen);
    if (IsRefused(run)) {
      ++refused_;
    } else {
      ++opened_;
      ASSERT_TRUE(run.RunScript());
      run.ExpectTruth();
    }
    ASSERT_FALSE(HasFailure());
  }

  std::vector<Crash> crashes_;
  int refused_ = 0;
  int opened_ = 0;
};

TEST_F(P5DamagedJournal, RemovalLosesNothingShown) {
  for (const Crash& crash : crashes_) {
    LedgerFiles files = crash.files;
    files.erase(kJournal);
    ExpectNothingLost(files, crash.seen);
  }
  EXPECT_GT(refused_, 0);
}

TEST_F(P5DamagedJournal, FlippedBitLosesNothingShown) {
  for (const Crash& crash : crashes_) {
    LedgerFiles files = crash.files;
    FlipEach(crash.files.at(kJournal), Stride(197), [&](const std::string& bytes) {
      files[kJournal] = bytes;
      ExpectNothingLost(files, crash.seen);
    });
  }
  EXPECT_GT(refused_, 0);
  EXPECT_GT(opened_, 0);
}

TEST_F(P5DamagedJournal, TruncationLosesNothingShown) {
  for (const Crash& crash : crashes_) {
    LedgerFiles files = crash.files;
    CutEach(crash.files.at(kJournal), Stride(301), [&](const std::string& bytes) {
      files[kJournal] = bytes;
      ExpectNothingLost(files, crash.seen);
    });
  }
  EXPECT_GT(refused_, 0);
  EXPECT_GT(opened_, 0);
}

}  // namespace
}  // namespace xplenty::p5_damage_test
