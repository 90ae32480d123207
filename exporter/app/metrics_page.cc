#include "app/metrics_page.h"

#include <algorithm>
#include <iterator>

#include "exposition/join.h"

namespace xplenty {

std::optional<double> MetricsPage::created() const {
  if (!options_.created_timestamps) return std::nullopt;
  return process_.start_time_seconds();
}

std::vector<MetricFamily> MetricsPage::CollectProgram(Program program) const {
  if (program == Program::kNone) return {};
  std::vector<MetricFamily> families = CollectSorted(registry_);
  if (program == Program::kAll) {
    std::ranges::move(process_.Collect(), std::back_inserter(families));
  }
  if (const auto start = created()) SetCreated(families, *start);
  return families;
}

std::shared_ptr<const std::string> MetricsPage::Render(std::span<const AccountPage::Part> accounts,
                                                       Format format, Coding coding,
                                                       Program program) const {
  std::vector<const RenderedFamilies*> jobs;
  std::vector<const RenderedFamilies*> others;
  for (const AccountPage::Part& account : accounts) {
    if (account.jobs) jobs.push_back(&account.jobs->In(format));
    others.push_back(&account.api->In(format));
  }
  const RenderedFamilies own = xplenty::Render(CollectProgram(program), format);
  others.push_back(&own);
  Segments segments;
  AppendJoined(jobs, format, segments);
  AppendJoined(others, format, segments);
  AppendEnd(format, segments);
  return std::make_shared<const std::string>(coding == Coding::kGzip ? JoinGzip(segments)
                                                                     : JoinText(segments));
}

}  // namespace xplenty
