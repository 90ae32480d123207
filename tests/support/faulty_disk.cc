#include "support/faulty_disk.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include <sqlite3.h>

#include "support/temporary_folder.h"

namespace xplenty {
namespace {

using Fault = FaultyDisk::Fault;

// SQLite allocates this for an open file; the real VFS's part follows it.
struct LayerFile {
  sqlite3_file base;
  FaultyDisk* disk;
  FaultyDisk::File* file;
  sqlite3_file* real;
};

LayerFile& Layer(sqlite3_file* file) {
  return *reinterpret_cast<LayerFile*>(file);
}

int Close(sqlite3_file* file) {
  return Layer(file).real->pMethods->xClose(Layer(file).real);
}

int Read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return Layer(file).real->pMethods->xRead(Layer(file).real, to, size, offset);
}

int Apply(LayerFile& layer, const void* from, int size, int64_t offset) {
  layer.file->pending.push_back(
      {.truncation = false,
       .offset = offset,
       .bytes = std::string(static_cast<const char*>(from), static_cast<size_t>(size))});
  return layer.real->pMethods->xWrite(layer.real, from, size, offset);
}

int Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  LayerFile& layer = Layer(file);
  const Fault* fault = layer.disk->Begin();
  if (fault == nullptr) return Apply(layer, from, size, offset);
  if (*fault == Fault::kNoSpace) Apply(layer, from, size / 2, offset);
  if (*fault == Fault::kLateError) Apply(layer, from, size, offset);
  return *fault == Fault::kNoSpace ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  LayerFile& layer = Layer(file);
  const Fault* fault = layer.disk->Begin();
  if (fault != nullptr && *fault != Fault::kLateError) return SQLITE_IOERR_TRUNCATE;
  layer.file->pending.push_back({.truncation = true, .offset = size, .bytes = {}});
  const int code = layer.real->pMethods->xTruncate(layer.real, size);
  return fault == nullptr ? code : SQLITE_IOERR_TRUNCATE;
}

// The real file is not synced, as no power is really cut.
int Sync(sqlite3_file* file, int) {
  LayerFile& layer = Layer(file);
  const Fault* fault = layer.disk->Begin();
  if (fault != nullptr && *fault != Fault::kLateError) return SQLITE_IOERR_FSYNC;
  sqlite3_int64 size = 0;
  layer.real->pMethods->xFileSize(layer.real, &size);
  layer.file->synced.resize(static_cast<size_t>(size));
  layer.real->pMethods->xRead(layer.real, layer.file->synced.data(), static_cast<int>(size), 0);
  layer.file->pending.clear();
  return fault == nullptr ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Layer(file).real->pMethods->xFileSize(Layer(file).real, size);
}

int Lock(sqlite3_file* file, int level) {
  return Layer(file).real->pMethods->xLock(Layer(file).real, level);
}

int Unlock(sqlite3_file* file, int level) {
  return Layer(file).real->pMethods->xUnlock(Layer(file).real, level);
}

int CheckReservedLock(sqlite3_file* file, int* reserved) {
  return Layer(file).real->pMethods->xCheckReservedLock(Layer(file).real, reserved);
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  // The size hint would change the file without this layer.
  if (operation == SQLITE_FCNTL_SIZE_HINT) return SQLITE_OK;
  return Layer(file).real->pMethods->xFileControl(Layer(file).real, operation, argument);
}

int SectorSize(sqlite3_file* file) {
  return Layer(file).real->pMethods->xSectorSize(Layer(file).real);
}

// The layer promises only what every disk promises, even if the real file system promises more.
int Characteristics(sqlite3_file*) {
  return 0;
}

constexpr sqlite3_io_methods kMethods = {.iVersion = 1,
                                         .xClose = Close,
                                         .xRead = Read,
                                         .xWrite = Write,
                                         .xTruncate = Truncate,
                                         .xSync = Sync,
                                         .xFileSize = FileSize,
                                         .xLock = Lock,
                                         .xUnlock = Unlock,
                                         .xCheckReservedLock = CheckReservedLock,
                                         .xFileControl = FileControl,
                                         .xSectorSize = SectorSize,
                                         .xDeviceCharacteristics = Characteristics,
                                         .xShmMap = nullptr,
                                         .xShmLock = nullptr,
                                         .xShmBarrier = nullptr,
                                         .xShmUnmap = nullptr,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

FaultyDisk& DiskOf(sqlite3_vfs* layer) {
  return *static_cast<FaultyDisk*>(layer->pAppData);
}

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  FaultyDisk& disk = DiskOf(vfs);
  LayerFile& layer = Layer(file);
  layer.base.pMethods = nullptr;
  layer.disk = &disk;
  layer.real = reinterpret_cast<sqlite3_file*>(&layer + 1);
  layer.file = &disk.FileAt(path == nullptr ? "" : path);
  const int code = disk.real().xOpen(&disk.real(), path, layer.real, flags, out_flags);
  if (code == SQLITE_OK) layer.base.pMethods = &kMethods;
  return code;
}

// A removal counts as durable at once, as SQLite syncs the folder where that matters.
int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  FaultyDisk& disk = DiskOf(vfs);
  const Fault* fault = disk.Begin();
  if (fault != nullptr && *fault != Fault::kLateError) return SQLITE_IOERR_DELETE;
  disk.FileAt(path).removed = true;
  const int code = disk.real().xDelete(&disk.real(), path, sync_folder);
  return fault == nullptr ? code : SQLITE_IOERR_DELETE;
}

std::string AfterPowerCut(const FaultyDisk::File& file, std::mt19937_64& random) {
  constexpr size_t kSector = 512;
  std::string bytes = file.synced;
  std::bernoulli_distribution reached_the_disk(0.5);
  for (const FaultyDisk::Operation& operation : file.pending) {
    const auto offset = static_cast<size_t>(operation.offset);
    if (operation.truncation) {
      if (reached_the_disk(random)) bytes.resize(std::min(bytes.size(), offset));
      continue;
    }
    for (size_t at = 0; at < operation.bytes.size(); at += kSector) {
      if (!reached_the_disk(random)) continue;
      const std::string sector = operation.bytes.substr(at, kSector);
      bytes.resize(std::max(bytes.size(), offset + at + sector.size()));
      bytes.replace(offset + at, sector.size(), sector);
    }
  }
  return bytes;
}

}  // namespace

FaultyDisk::FaultyDisk()
    : real_(sqlite3_vfs_find(nullptr)), layer_(std::make_unique<sqlite3_vfs>(*real_)) {
  layer_->szOsFile = static_cast<int>(sizeof(LayerFile)) + real_->szOsFile;
  layer_->zName = "faulty";
  layer_->pAppData = this;
  layer_->xOpen = Open;
  layer_->xDelete = Delete;
  sqlite3_vfs_register(layer_.get(), /*makeDflt=*/1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(layer_.get());
  sqlite3_vfs_register(real_, /*makeDflt=*/1);
}

void FaultyDisk::FailAt(int64_t n, Fault fault, int64_t count) {
  until_fault_ = n;
  remaining_ = count;
  fault_ = fault;
  failed_ = false;
}

const FaultyDisk::Fault* FaultyDisk::Begin() {
  ++operations_;
  if (remaining_ == 0 || --until_fault_ > 0) return nullptr;
  if (fault_ != Fault::kDead) --remaining_;
  failed_ = true;
  return &fault_;
}

FaultyDisk::File& FaultyDisk::FileAt(const std::string& path) {
  const auto [file, fresh] = files_.try_emplace(path);
  if (fresh) file->second.synced = ReadBytes(path);
  file->second.removed = false;
  return file->second;
}

void FaultyDisk::CutPower(std::mt19937_64& random) {
  for (const auto& [path, file] : files_) {
    if (!path.empty() && !file.removed) WriteBytes(path, AfterPowerCut(file, random));
  }
  files_.clear();
}

}  // namespace xplenty
