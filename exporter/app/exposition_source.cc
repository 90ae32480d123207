#include "app/exposition_source.h"

#include <utility>

#include "model/chunked_list.h"

namespace xplenty {

ExpositionSource::ExpositionSource(OwnMetrics metrics, CollectOptions options)
    : metrics_(std::move(metrics)),
      options_(std::move(options)),
      latest_(std::make_shared<const SourceFamilies>()) {}

void ExpositionSource::Update(std::shared_ptr<const AccountView> view) {
  const MutexLock lock(mutex_);
  if (!header_ || *header_ != *view) {
    header_ = std::make_shared<const ViewHeader>(*view);
    by_block_.clear();
  }
  EncodedSources families;
  FamiliesByBlock by_block;
  const auto add = [&, &previous = by_block_, header = header_]<typename T>(
                       const ChunkedList<T>& list, auto collect) {
    auto blocks = list.blocks();
    // Even an empty list names its families, so that all accounts have them in the same order.
    if (blocks.empty()) blocks.push_back(std::make_shared<const std::vector<T>>());
    for (const auto& block : blocks) {
      const auto known = previous.find(block.get());
      families.push_back(known != previous.end()
                             ? known->second
                             : std::make_shared<const EncodedFamilies>(
                                   [collect, block, header] { return collect(*header, *block); }));
      by_block.emplace(block.get(), families.back());
    }
  };
  add(view->series, [created = options_.created_timestamps](const auto& header, const auto& block) {
    return CollectSeries(header, block, created);
  });
  add(view->packages, CollectPackages);
  add(view->packages_info, CollectPackageInfos);
  add(view->clusters_info, CollectClusterInfos);
  families.push_back(std::make_shared<const EncodedFamilies>(
      [view, options = options_] { return CollectLedger(*view, options); }));
  latest_ = std::make_shared<const SourceFamilies>(SourceFamilies{
      .view = view, .of_view = std::move(families), .own_metrics = latest_->own_metrics});
  by_block_ = std::move(by_block);
}

std::shared_ptr<const SourceFamilies> ExpositionSource::Latest() {
  const MutexLock lock(mutex_);
  // Read before they are collected: what changes meanwhile is collected by the next call.
  const uint64_t changes = metrics_.changes();
  if (latest_->own_metrics && changes == changes_) return latest_;
  std::vector<MetricFamily> families = metrics_.collect();
  if (metrics_.created) SetCreated(families, *metrics_.created);
  auto next = std::make_shared<SourceFamilies>(*latest_);
  next->own_metrics = std::make_shared<const EncodedFamilies>(
      [families = std::move(families)] { return families; });
  latest_ = std::move(next);
  changes_ = changes;
  return latest_;
}

}  // namespace xplenty
