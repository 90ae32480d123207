#include "app/metrics_page.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "collector/collector.h"

namespace xplenty {
namespace {

// The registry yields samples in the order of hashes.
std::vector<MetricFamily> Sorted(std::vector<prometheus::MetricFamily> families) {
  const auto labels = [](const prometheus::ClientMetric& metric) { return metric.label; };
  for (auto& family : families) std::ranges::sort(family.metric, {}, labels);
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  std::vector<MetricFamily> sorted;
  sorted.reserve(families.size());
  for (auto& family : families) sorted.push_back(ToFamily(std::move(family)));
  return sorted;
}

void SetCreated(std::vector<MetricFamily>& families, std::optional<double> created) {
  for (MetricFamily& family : families) {
    const bool counts = family.type == prometheus::MetricType::Counter ||
                        family.type == prometheus::MetricType::Histogram;
    for (Metric& metric : family.metric) metric.created = counts ? created : std::nullopt;
  }
}

}  // namespace

void MetricsPage::SetView(std::shared_ptr<const AccountView> view) {
  const CollectOptions options{.created_timestamps = options_.created_timestamps};
  auto collect = [view, options] { return CollectAccounts({view}, options); };
  shown_.Publish(std::make_shared<const Shown>(std::move(view), std::move(collect)));
}

std::vector<MetricFamily> MetricsPage::CollectProgram(bool with_process) const {
  std::vector<MetricFamily> families = Sorted(registry_.Collect());
  if (with_process) std::ranges::move(process_.Collect(), std::back_inserter(families));
  // What the program counts, it counts from its start.
  if (options_.created_timestamps) SetCreated(families, process_.start_time_seconds());
  return families;
}

MetricsPage::Exposition MetricsPage::Render(Format format, Coding coding, bool with_process) const {
  const auto shown = shown_.Load();
  std::string program = Encode(CollectProgram(with_process), format);
  program += EndOf(format);
  std::vector<std::shared_ptr<const Segment>> segments;
  if (shown) segments.push_back(shown->jobs.In(format));
  segments.push_back(std::make_shared<const Segment>(std::move(program)));
  std::string body = coding == Coding::kGzip ? JoinGzip(segments) : JoinText(segments);
  return {.view = shown ? shown->view : nullptr,
          .body = std::make_shared<const std::string>(std::move(body))};
}

std::shared_ptr<const AccountView> MetricsPage::view() const {
  const auto shown = shown_.Load();
  return shown ? shown->view : nullptr;
}

}  // namespace xplenty
