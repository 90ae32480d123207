#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace xplenty {

// The disk as SQLite sees it while this lives: a layer over the real one (it is the default VFS)
// that counts the operations that change it, lets one of them fail, and knows what a power cut may
// leave. One at a time, one thread.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // Writes, truncations, syncs and removals so far.
  int64_t operations() const { return operations_; }

  enum class Fault {
    kDead,       // it and all after it do nothing: the process is killed before it
    kNoSpace,    // a write does half of its work, then says that the disk is full
    kIoError,    // does nothing and says so
    kLateError,  // does its work, and says that it has not
  };
  // Lets the n-th operation from now fail, counted from 1, and `count` - 1 after it.
  void FailAt(int64_t n, Fault fault, int64_t count = 1);
  void Heal() { remaining_ = 0; }
  bool failed() const { return failed_; }  // since FailAt()

  // Leaves in each file what a power cut now might: what has been synced, and of all later
  // operations any of the 512-byte sectors. The files must be closed.
  void CutPower(std::mt19937_64& random);

  // Of the layer itself.
  struct Operation {
    bool truncation{};
    int64_t offset{};  // or the new size
    std::string bytes;
  };
  struct File {
    std::string synced;
    std::vector<Operation> pending;
    bool removed = false;
  };
  sqlite3_vfs& real() { return *real_; }
  File& FileAt(const std::string& path);
  // Whether the operation that begins is to fail, and how.
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
