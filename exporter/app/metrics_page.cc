#include "app/metrics_page.h"

#include <algorithm>
#include <vector>

#include "collector/collector.h"
#include "exposition/text_encoder.h"

namespace xplenty {
namespace {

std::string Encode(const std::vector<prometheus::MetricFamily>& families) {
  std::string text;
  for (const auto& family : families) AppendText(family, text);
  return text;
}

// The registry yields samples in the order of hashes.
std::vector<prometheus::MetricFamily> Sorted(std::vector<prometheus::MetricFamily> families) {
  const auto labels = [](const prometheus::ClientMetric& metric) { return metric.label; };
  for (auto& family : families) std::ranges::sort(family.metric, {}, labels);
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  return families;
}

}  // namespace

void MetricsPage::SetView(std::shared_ptr<const AccountView> view) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->jobs = std::make_shared<const Segment>(Encode(CollectAccounts({view})));
  snapshot->view = std::move(view);
  snapshot_.Publish(std::move(snapshot));
}

MetricsPage::Exposition MetricsPage::Render(Coding coding, bool with_process) const {
  const auto snapshot = snapshot_.Load();
  std::string program = Encode(Sorted(registry_.Collect()));
  if (with_process) program += Encode(process_.Collect());
  std::vector<std::shared_ptr<const Segment>> segments;
  if (snapshot) segments.push_back(snapshot->jobs);
  segments.push_back(std::make_shared<const Segment>(std::move(program)));
  std::string body = coding == Coding::kGzip ? JoinGzip(segments) : JoinText(segments);
  return {.view = snapshot ? snapshot->view : nullptr,
          .body = std::make_shared<const std::string>(std::move(body))};
}

std::shared_ptr<const AccountView> MetricsPage::view() const {
  const auto snapshot = snapshot_.Load();
  return snapshot ? snapshot->view : nullptr;
}

}  // namespace xplenty
