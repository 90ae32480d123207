#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace xplenty {

// Replaces SQLite's default VFS while it exists: a layer over the real one that counts the
// operations that change the disk, lets one of them fail, and records what a power cut may leave.
// There may be one at a time, used by one thread.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // The number of writes, truncations, syncs and removals.
  int64_t operations() const { return operations_; }

  enum class Fault {
    kDead,       // the process is killed before the operation: it and all later ones do nothing
    kNoSpace,    // a write writes half of its bytes, then reports a full disk
    kIoError,    // the operation does nothing and reports an error
    kLateError,  // the operation succeeds but reports an error
  };
  // Lets the n-th operation from now, counted from 1, and the `count` - 1 after it fail.
  void FailAt(int64_t n, Fault fault, int64_t count = 1);
  void Heal() { remaining_ = 0; }
  bool failed() const { return failed_; }  // since FailAt()

  // Leaves in each file what a power cut now might leave: what has been synced, and a random choice
  // of the 512-byte sectors of all later operations. The files must be closed.
  void CutPower(std::mt19937_64& random);

  // These are for the layer itself.
  struct Operation {
    bool truncation{};
    int64_t offset{};  // of a write; the new size of a truncation
    std::string bytes;
  };
  struct File {
    std::string synced;
    std::vector<Operation> pending;
    bool removed = false;
  };
  sqlite3_vfs& real() { return *real_; }
  File& FileAt(const std::string& path);
  // Counts an operation that begins. Returns how it has to fail, or null.
  const Fault* Begin();

 private:
  sqlite3_vfs* real_;
  std::unique_ptr<sqlite3_vfs> layer_;
  std::map<std::string, File> files_;
  Fault fault_{};
  int64_t operations_ = 0;
  int64_t until_fault_ = 0;
  int64_t remaining_ = 0;
  bool failed_ = false;
};

}  // namespace xplenty
