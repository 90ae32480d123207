#include "ledger/unfinished_jobs.h"

namespace xplenty {

const UnfinishedJobs::Entry* UnfinishedJobs::Find(int64_t id) const {
  const auto known = jobs_.find(id);
  return known == jobs_.end() ? nullptr : &known->second;
}

std::set<int64_t> UnfinishedJobs::PackageClusters() const {
  std::set<int64_t> ids;
  for (const auto& [id, job] : jobs_) ids.insert(job.package_cluster);
  return ids;
}

std::vector<const Series*> UnfinishedJobs::Set(const Entry& entry) {
  const auto [known, inserted] = jobs_.try_emplace(entry.view.id);
  Entry& job = known->second;
  std::vector<const Series*> changed;
  if (!inserted && job.series != entry.series) {
    job.series->RemoveUnfinished(entry.view.id);
    changed.push_back(job.series);
  }
  const bool same = !inserted && job.view == entry.view;
  job = entry;
  if (same) return changed;
  job.series->SetUnfinished(job.view);
  changed.push_back(job.series);
  view_.reset();
  return changed;
}

Series* UnfinishedJobs::Erase(int64_t id) {
  const auto known = jobs_.find(id);
  if (known == jobs_.end()) return nullptr;
  Series* const series = known->second.series;
  series->RemoveUnfinished(id);
  jobs_.erase(known);
  view_.reset();
  return series;
}

void UnfinishedJobs::CountMissesSince(uint64_t sequence) {
  for (auto& [id, job] : jobs_) job.missed = job.sequence > sequence ? 0 : job.missed + 1;
}

std::vector<JobStatus> UnfinishedJobs::StatusesNotSeenSince(uint64_t sequence) const {
  std::set<JobStatus> statuses;
  for (const auto& [id, job] : jobs_) {
    if (job.sequence <= sequence) statuses.insert(job.view.status);
  }
  return {statuses.begin(), statuses.end()};
}

std::vector<int64_t> UnfinishedJobs::MissedTwiceSince(uint64_t sequence) const {
  std::vector<int64_t> ids;
  for (const auto& [id, job] : jobs_) {
    if (job.sequence <= sequence && job.missed > 0) ids.push_back(id);
  }
  return ids;
}

const Shared<UnfinishedJob>& UnfinishedJobs::View() {
  if (!view_) {
    std::vector<UnfinishedJob> list;
    list.reserve(jobs_.size());
    for (const auto& [id, job] : jobs_) list.push_back(job.view);
    view_ = std::make_shared<const std::vector<UnfinishedJob>>(std::move(list));
  }
  return view_;
}

UnfinishedJob UnfinishedJobOf(const Job& job, const SeriesLabels& labels) {
  return {.id = job.id,
          .package = labels.package,
          .cluster = labels.cluster,
          .status = job.status,
          .progress = job.progress,
          .created_at = job.created_at,
          .started_at = job.started_at,
          .records = TotalRecords(job),
          .link = job.link};
}

}  // namespace xplenty
