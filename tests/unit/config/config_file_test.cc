#include "config/config_file.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::config_file_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Config Parsed(const std::string& text) {
  Config config;
  const Status status = ParseConfigFile(text, "/etc/x/x.yml", config);
  EXPECT_TRUE(status) << status.error().message;
  return config;
}

std::string ErrorOf(const std::string& text) {
  Config config;
  const Status status = ParseConfigFile(text, "x.yml", config);
  return status ? "accepted" : status.error().message;
}

TEST(ConfigFile, HasAllSettings) {
  const Config config = Parsed(R"(
api: {url: 'http://api', ca_file: ca.pem, page_size: 7, proxy_url: }
refresh: {min_interval: 5s, lookback: 2d}
metrics:
  labels:
    account: {value: id}
    package: {value: none}
    cluster: {value: name, rename: etl_cluster}
  runtime_buckets: [30, 60.5, 300]
  wait_buckets: [0, 1]
  per_job: yes
accounts:
  - id: acme
    name: Acme production
    api_key_file: keys/acme
    packages: {include: ['sales_.*'], exclude: ['.*_test', x]}
  - {id: "42", api_key_file: /run/42}
)");
  EXPECT_EQ(config.api.url, "http://api");
  EXPECT_EQ(config.api.ca_file, "/etc/x/ca.pem") << "relative to the file";
  EXPECT_EQ(config.api.page_size, 7);
  EXPECT_EQ(config.api.proxy_url, "") << "null is as if it were not there";
  EXPECT_EQ(config.refresh.min_interval, std::chrono::seconds(5));
  EXPECT_EQ(config.refresh.lookback, std::chrono::days(2));
  const LabelScheme& labels = config.metrics.labels;
  EXPECT_EQ(labels.account, (LabelRule{.name = "account", .value = LabelValue::kId}));
  EXPECT_EQ(labels.package, (LabelRule{.name = "package", .value = LabelValue::kNone}));
  EXPECT_EQ(labels.cluster, (LabelRule{.name = "etl_cluster", .value = LabelValue::kName}));
  EXPECT_THAT(config.metrics.runtime_buckets, ElementsAre(30, 60.5, 300));
  EXPECT_THAT(config.metrics.wait_buckets, ElementsAre(0, 1));
  EXPECT_TRUE(config.metrics.per_job);
  ASSERT_EQ(config.accounts.size(), 2U);
  EXPECT_EQ(config.accounts[0].name, "Acme production");
  EXPECT_EQ(config.accounts[0].api_key_file, "/etc/x/keys/acme");
  EXPECT_THAT(config.accounts[0].include, ElementsAre("sales_.*"));
  EXPECT_THAT(config.accounts[0].exclude, ElementsAre(".*_test", "x"));
  EXPECT_EQ(config.accounts[1].id, "42");
  EXPECT_EQ(config.accounts[1].name, "42");
  EXPECT_EQ(config.accounts[1].api_key_file, "/run/42");
}

TEST(ConfigFile, ReadsReplacementsInOrder) {
  const Config config = Parsed(R"(
metrics:
  labels:
    package: {replace: [{with: '', match: tmp_.*}]}
    cluster:
      rename: etl_cluster
      replace:
        - {match: '(.*) #\d+', with: '$1'}
        - match: '[a-z]+-[a-z]+-\d+'
          with: made
        - {match: '.*', with: 5}
)");
  const LabelScheme& labels = config.metrics.labels;
  EXPECT_EQ(labels.package.replace.Apply("tmp_1"), "");
  EXPECT_EQ(labels.cluster.name, "etl_cluster");
  EXPECT_EQ(labels.cluster.replace.Apply("Daily Test #100"), "Daily Test");
  EXPECT_EQ(labels.cluster.replace.Apply("cyan-wave-764"), "made");
  EXPECT_EQ(labels.cluster.replace.Apply("x"), "5");
  EXPECT_TRUE(labels.account.replace.empty());
}

TEST(ConfigFile, TakesAHundredReplacements) {
  const auto with_rules = [](int rules) {
    std::string text = "metrics: {labels: {cluster: {replace: [";
    for (int i = 0; i < rules; ++i) text += "{match: 'c" + std::to_string(i) + "', with: c}, ";
    return text + "]}}}";
  };
  EXPECT_EQ(Parsed(with_rules(100)).metrics.labels.cluster.replace.Apply("c99"), "c");
  EXPECT_EQ(ErrorOf(with_rules(101)), "x.yml:1:30: replace: at most 100 rules expected");
}

TEST(ConfigFile, ReportsAllWrongReplacements) {
  EXPECT_EQ(ErrorOf(R"(metrics:
  labels:
    cluster:
      replace:
        - {match: '(', with: a}
        - {match: 'b', with: '$1'}
        - {match: 'c', with: 'c', then: d}
        - match: ''
          with: e
        - match: f
refresh: {lookback: long}
)"),
            "x.yml:5:12: match: \"(\" is not an RE2 expression: missing ): (\n"
            "x.yml:6:24: with: \"$1\": $1 is a group that the expression does not have\n"
            "x.yml:7:35: unknown key \"then\" in replace: expected one of match, with\n"
            "x.yml:8:11: match: an RE2 expression is expected\n"
            "x.yml:10:11: replace: each needs match and with\n"
            "x.yml:11:11: refresh.lookback: \"long\" is not a duration such as 500ms, 15s or 24h");
}

// The filter knows packages by their names, and the interval by its label.
TEST(ConfigFile, IntervalMayNameAReplacedLabel) {
  Parsed(
      "accounts: [{id: a, packages: {include: ['p_.*']}, expected_intervals: {p: 1h}}]\n"
      "metrics: {labels: {package: {replace: [{match: 'p_.*', with: p}]}}}");
}

TEST(ConfigFile, ReadsExpectedIntervals) {
  const Config config =
      Parsed("accounts: [{id: a, expected_intervals: {sales_daily: 24h, hourly: 1h30m}}]");
  EXPECT_THAT(config.accounts[0].expected_intervals,
              ElementsAre(Pair("hourly", std::chrono::minutes(90)),
                          Pair("sales_daily", std::chrono::hours(24))));
}

TEST(ConfigFile, EmptyFileSetsNothing) {
  EXPECT_EQ(Parsed("").api, Config().api);
  EXPECT_EQ(Parsed("# only a comment\n").metrics, Config().metrics);
}

TEST(ConfigFile, ReportsAllFindingsWithLocations) {
  EXPECT_EQ(ErrorOf("api:\n  timeout: fast\n  url: [a]\nrefrsh: {}\n"),
            "x.yml:2:3: api.timeout: \"fast\" is not a duration such as 500ms, 15s or 24h\n"
            "x.yml:3:3: api.url: one value is expected, such as https://api.xplenty.com\n"
            "x.yml:4:1: unknown key \"refrsh\" in the config: expected one of api, refresh, "
            "metrics, accounts");
}

struct Wrong {
  const char* name;
  const char* text;
  const char* message;
};

class WrongConfigFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongConfigFile, IsRefusedWithLocationAndExpectation) {
  EXPECT_EQ(ErrorOf(GetParam().text), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    ConfigFile, WrongConfigFile,
    testing::Values(
        Wrong{"AList", "- a\n", "x.yml:1:1: the config: keys and values expected"},
        Wrong{"ASwitchThatIsNone", "metrics: {per_job: 1}",
              "x.yml:1:11: per_job: true or false is expected"},
        Wrong{"ANumberInQuotes", "api: {page_size: '7'}",
              "x.yml:1:7: api.page_size: a number is expected, not a text in quotes"},
        Wrong{"AKeyTwice", "api: {timeout: 1s, timeout: 2s}",
              "x.yml:1:20: key \"timeout\" is there twice"},
        Wrong{"NoAccounts", "accounts: []",
              "x.yml:1:1: accounts: at least one account is expected"},
        Wrong{"AccountsThatAreNoList", "accounts: {id: a}",
              "x.yml:1:1: accounts: a list is expected"},
        Wrong{"AnAccountWithoutKeys", "accounts: [acme]",
              "x.yml:1:12: accounts: each needs id and api_key_file"},
        Wrong{"AnAccountWithoutId", "accounts: [{name: a}]",
              "x.yml:1:12: accounts: id is missing: the account in the API's URL"},
        Wrong{"AnIdThatIsNoLabel", "accounts: [{id: \"a\\nb\"}]",
              "x.yml:1:13: id: 1 to 128 bytes of printable UTF-8 are expected"},
        Wrong{"AnAccountTwice", "accounts:\n- {id: a}\n- {id: a, name: b}",
              "x.yml:3:4: two accounts have the id \"a\": the other is at x.yml:2:4"},
        Wrong{"ANameTwice", "accounts:\n- {id: a}\n- {id: b, name: a}",
              "x.yml:3:11: two accounts have the name \"a\": the other is at x.yml:2:3"},
        Wrong{"AnExpressionThatIsNone", "accounts: [{id: a, packages: {include: ['(']}}]",
              "x.yml:1:41: packages: \"(\" is not an RE2 expression: missing ): ("},
        Wrong{"AnExpressionAlone", "accounts: [{id: a, packages: {include: x}}]",
              "x.yml:1:31: include: a list is expected"},
        Wrong{"AnIntervalThatIsNone", "accounts: [{id: a, expected_intervals: {p: 0s}}]",
              "x.yml:1:41: expected_intervals: p: a duration such as 24h is expected"},
        Wrong{"AnIntervalOfAPackageLeftOut",
              "accounts: [{id: a, packages: {exclude: [p]}, expected_intervals: {p: 1h}}]",
              "x.yml:1:67: expected_intervals: packages leaves out \"p\""},
        Wrong{"AnIntervalWithoutTheLabel",
              "accounts: [{id: a, expected_intervals: {p: 1h}}]\n"
              "metrics: {labels: {package: {value: none}}}",
              "x.yml:1:20: expected_intervals need the package's label, which is left out"},
        Wrong{"ALabelOfNoSource", "metrics: {labels: {package: {value: title}}}",
              "x.yml:1:30: value: one of name, id, none is expected"},
        Wrong{"ANameThatIsNoLabels", "metrics: {labels: {cluster: {rename: etl-cluster}}}",
              "x.yml:1:30: rename: the name of a label is expected: letters, digits and _, not a "
              "digit or __ first"},
        Wrong{"ReplacementsThatAreNoList", "metrics: {labels: {cluster: {replace: {match: a}}}}",
              "x.yml:1:30: replace: a list is expected"},
        Wrong{"AReplacementThatIsNone", "metrics: {labels: {cluster: {replace: [a]}}}",
              "x.yml:1:40: replace: keys and values expected"},
        Wrong{"AReplacementWithoutText",
              "metrics: {labels: {cluster: {replace: [{match: a, with: }]}}}",
              "x.yml:1:40: replace: each needs match and with"},
        Wrong{"AReplacementWithAList", "metrics: {labels: {cluster: {replace: [{match: [a]}]}}}",
              "x.yml:1:41: match: a text is expected"},
        Wrong{
            "AReplacementOfTheAccount", "metrics: {labels: {account: {replace: []}}}",
            "x.yml:1:30: unknown key \"replace\" in labels.account: expected one of value, rename"},
        Wrong{"AReservedLabel", "metrics: {labels: {cluster: {rename: instance}}}",
              "x.yml:1:30: rename: instance is taken by a label of Prometheus' or of the "
              "exporter's own"},
        Wrong{"TwoLabelsOfOneName", "metrics: {labels: {cluster: {rename: package}}}",
              "x.yml:1:11: labels: two labels have the same name"},
        Wrong{"AccountsThatNoLabelTellsApart",
              "metrics: {labels: {account: {value: none}}}\naccounts: [{id: a}, {id: b}]",
              "x.yml:1:11: labels: the account's label cannot be left out: there are several"},
        Wrong{"ABucketThatIsNone", "metrics: {wait_buckets: [1, .inf]}",
              "x.yml:1:29: wait_buckets: \".inf\" is not a number of seconds (the bucket +Inf is "
              "always there)"},
        Wrong{"BucketsThatDoNotAscend", "metrics: {wait_buckets: [1, 1]}",
              "x.yml:1:29: wait_buckets: bounds must ascend: 1 is not above the one before"},
        Wrong{"NoBuckets", "metrics: {wait_buckets: []}",
              "x.yml:1:11: wait_buckets: 1 to 200 bounds expected"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

// The library's version decides which expressions are too large, but some limit always applies.
TEST(ConfigFile, RefusesUnboundedExpressions) {
  EXPECT_THAT(ErrorOf("accounts: [{id: a, packages: {include: ['(a)\\1']}}]"),
              HasSubstr("is not an RE2 expression"));
}

}  // namespace
}  // namespace xplenty::config_file_test
