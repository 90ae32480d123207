#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "ledger_script.h"
#include "support/faulty_disk.h"
#include "support/temporary_folder.h"

namespace xplenty {

// The ledger's file and its journal, by name.
using LedgerFiles = std::map<std::string, std::string>;

// One ledger on a disk that fails, run through the script.
class FaultyRun {
 public:
  // `seen`: what has been shown of that ledger before.
  explicit FaultyRun(const LedgerFiles& files, AllFigures seen = {}) : seen_(std::move(seen)) {
    for (const auto& [name, bytes] : files) WriteBytes(folder_.File(name), bytes);
  }

  // A ledger before its birth.
  static LedgerFiles MakeLedger() {
    FaultyRun run({});
    EXPECT_TRUE(run.Open());
    run.Close();
    return run.files();
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

  Ledger& ledger() { return *ledger_; }
  FaultyDisk& disk() { return disk_; }
  const AllFigures& seen() const { return seen_; }
  const std::string& refusal() const { return refusal_; }
  LedgerFiles files() const {
    LedgerFiles files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      files[entry.path().filename()] = ReadBytes(entry.path());
    }
    return files;
  }

 private:
  void See(const AccountView& view) {
    const AllFigures figures = FiguresOf(view);
    EXPECT_TRUE(CoversAllOf(figures, seen_)) << "a counter fell";
    seen_ = figures;
  }

  TemporaryFolder folder_{FastPlace()};
  LedgerScript script_;
  AllFigures seen_;
  std::string refusal_;
  FaultyDisk disk_;  // outlives the ledger
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace xplenty
