#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exposition/encoded_families.h"
#include "exposition/joined_body.h"
#include "support/whole_family.h"

namespace xplenty::join_families_test {
namespace {

using Families = std::vector<MetricFamily>;

MetricFamily Family(const std::string& name, const std::vector<std::string>& owners) {
  MetricFamily family{
      .name = name, .help = "help", .type = prometheus::MetricType::Counter, .metric = {}};
  for (const std::string& owner : owners) {
    Metric metric;
    metric.label = {{"owner", owner}};
    metric.counter.value = static_cast<double>(owner.size());
    family.metric.push_back(metric);
  }
  return family;
}

std::string Joined(const std::vector<Families>& sources, Format format) {
  EncodedSources encoded;
  for (const Families& source : sources) {
    encoded.push_back(std::make_shared<const EncodedFamilies>([source] { return source; }));
  }
  return JoinedBody(JoinFamilies(encoded, format), Coding::kIdentity).With("").ToString();
}

std::string Whole(const Families& families, Format format) {
  std::string text;
  for (const MetricFamily& family : families) AppendFamily(family, format, text);
  return text;
}

TEST(JoinFamilies, SharesOneHeaderAmongSources) {
  EXPECT_EQ(Joined({{Family("a", {"x"})}, {Family("a", {"yy"})}}, Format::kText),
            "# HELP a_total help\n# TYPE a_total counter\n"
            "a_total{owner=\"x\"} 1\na_total{owner=\"yy\"} 2\n");
}

TEST(JoinFamilies, InsertsFamiliesBehindTheirNeighbours) {
  EXPECT_EQ(
      Joined({{Family("a", {"x"}), Family("c", {"x"})},
              {Family("a", {"y"}), Family("b", {"y"}), Family("c", {"y"})}},
             Format::kText),
      Whole({Family("a", {"x", "y"}), Family("b", {"y"}), Family("c", {"x", "y"})}, Format::kText));
}

TEST(JoinFamilies, PutsUnrelatedFamiliesAtTheEnd) {
  EXPECT_EQ(Joined({{Family("b", {"x"})}, {Family("a", {"x"})}}, Format::kText),
            Whole({Family("b", {"x"}), Family("a", {"x"})}, Format::kText));
}

TEST(JoinFamilies, LeavesOutFamiliesWithoutSamples) {
  EXPECT_EQ(Joined({{}, {Family("a", {})}, {Family("b", {"x"})}}, Format::kText),
            Whole({Family("b", {"x"})}, Format::kText));
  EXPECT_EQ(Joined({}, Format::kText), "");
}

// Holds in any format and for any families of the sources.
RC_GTEST_PROP(JoinFamilies, EqualsEncodingAllFamiliesTogether,
              (const std::vector<std::vector<bool>>& sources_have)) {
  constexpr size_t kFamilies = 5;
  std::vector<Families> sources;
  Families all;
  for (size_t i = 0; i < kFamilies; ++i) all.push_back(Family("f" + std::to_string(i), {}));
  sources.push_back({});  // the first source has all families, so that the order is known
  for (size_t i = 0; i < kFamilies; ++i) {
    sources[0].push_back(Family(all[i].name, {"first"}));
    all[i].metric.push_back(sources[0][i].metric[0]);
  }
  for (size_t source = 0; source < sources_have.size(); ++source) {
    sources.emplace_back();
    for (size_t i = 0; i < std::min(kFamilies, sources_have[source].size()); ++i) {
      if (!sources_have[source][i]) continue;
      sources.back().push_back(Family(all[i].name, {std::string(source, 'x')}));
      all[i].metric.push_back(sources.back().back().metric[0]);
    }
  }
  for (const Format format : {Format::kText, Format::kOpenMetrics, Format::kProtobuf}) {
    RC_ASSERT(Joined(sources, format) == Whole(all, format));
  }
}

}  // namespace
}  // namespace xplenty::join_families_test
