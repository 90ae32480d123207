#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "http/negotiate.h"

namespace xplenty::choose_format_test {
namespace {

constexpr char kText[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kOpenMetrics[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr char kOldOpenMetrics[] = "application/openmetrics-text; version=0.0.1; charset=utf-8";
constexpr char kOpenMetricsUtf8[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8";

using Table = std::vector<std::pair<const char*, const char*>>;  // Accept, Content-Type

void ExpectContentTypes(const Table& table, bool with_protobuf = false) {
  for (const auto& [accept, content_type] : table) {
    const NegotiatedFormat chosen = ChooseFormat(accept, with_protobuf);
    EXPECT_EQ(chosen.content_type, content_type) << accept;
    EXPECT_EQ(chosen.format == Format::kText, chosen.content_type.starts_with("text/plain"));
  }
}

TEST(ChooseFormat, ServesEachPrometheusItsFirstChoice) {
  ExpectContentTypes({
      // Prometheus 2.0 to 2.4.
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", kText},
      // 2.5 to 2.31
      {"application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOldOpenMetrics},
      // 2.40.0
      {"application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;q=0.6,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpenMetrics},
      // 2.34 to 2.48, except for the others.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpenMetrics},
      // 2.42 with native-histograms
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
       "encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,"
       "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
       "*/*;q=0.1",
       kOpenMetrics},
      // 2.49.0, whose last weight is out of range.
      {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
       "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=2",
       kOpenMetrics},
      // 2.49.1 to 2.55
      {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
       "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       kOpenMetrics},
      // 3.0 to 3.2, with two escaping parameters.
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8;q=0.4,"
       "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2",
       kOpenMetricsUtf8},
      // 3.3
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
       "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2",
       kOpenMetricsUtf8},
      // 3.4 to 3.14
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
       "*/*;q=0.2",
       kOpenMetricsUtf8},
      // 3.4 to 3.14 with protobuf first
      {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
       "encoding=delimited;q=0.6,"
       "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
       "application/openmetrics-text;version=0.0.1;q=0.4,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
       "*/*;q=0.1",
       kOpenMetricsUtf8},
  });
}

TEST(ChooseFormat, ProtobufNeedsOfferAndFullRequest) {
  const std::string protobuf =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
  const std::string first =
      protobuf + ",application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1";
  constexpr char kProtobuf[] =
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
      "encoding=delimited";
  EXPECT_EQ(ChooseFormat(first, true).format, Format::kProtobuf);
  ExpectContentTypes({{first.c_str(), kProtobuf}}, true);
  ExpectContentTypes({{first.c_str(), kOpenMetrics}}, false);
  ExpectContentTypes(
      {{"application/vnd.google.protobuf", kText},
       {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
        kText},
       {"application/*", kOpenMetrics},
       {"application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=2", kText}},
      true);
}

TEST(ChooseFormat, DefaultsToText) {
  ExpectContentTypes({
      {"", kText},
      {"*/*", kText},
      {"text/*", kText},
      {"text/plain", kText},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kText},  // browsers
      {"application/json", kText},  // an unknown type is no reason for 406
      {"text/plain;version=1.0.0", kText},
      {"application/openmetrics-text;version=2.0.0", kText},
      {"text/plain;q=0,*/*;q=0", kText},
      {"application/openmetrics-text;version=1.0.0;q=0", kText},
      {"application/openmetrics-text;version=1.0.0;q=much,*/*;q=0.1", kText},
      {";;;,,=\"", kText},
  });
}

TEST(ChooseFormat, WeighsWhatTheClientWeighs) {
  ExpectContentTypes({
      {"text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.6", kOpenMetrics},
      {"text/plain;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5", kText},
      {"application/openmetrics-text;version=1.0.0;q=0.000,text/plain;q=0.001", kText},
      {"application/openmetrics-text;version=0.0.1,application/"
       "openmetrics-text;version=1.0.0;q=0.9",
       kOldOpenMetrics},
  });
}

TEST(ChooseFormat, PrefersFirstAndMoreSpecific) {
  ExpectContentTypes({
      {"text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0", kText},
      {"application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4", kOpenMetrics},
      {"text/plain,application/openmetrics-text;version=1.0.0", kOpenMetrics},
      {"*/*,application/openmetrics-text", kOldOpenMetrics},
  });
}

TEST(ChooseFormat, LetsTheMostSpecificRangeDecide) {
  ExpectContentTypes({
      {"text/plain;version=0.0.4;q=0.1,text/plain,application/openmetrics-text;version=1.0.0;q=0.5",
       kOpenMetrics},
      {"*/*;q=0.9,text/plain;q=0.1,application/openmetrics-text;version=1.0.0;q=0.2", kOpenMetrics},
      {"application/*", kOpenMetrics},
      {"application/*,application/openmetrics-text;version=1.0.0;q=0", kText},
  });
}

TEST(ChooseFormat, ReadsParametersInAnyOrder) {
  ExpectContentTypes({
      {"application/openmetrics-text;q=0.9;version=1.0.0,text/plain;q=0.5", kOpenMetrics},
      {"APPLICATION/OpenMetrics-Text ; Charset=UTF-8 ; VERSION = \"1.0.0\" ; Q=0.9", kOpenMetrics},
      {"application/openmetrics-text;x=\"a,b;version=0.0.1\";version=1.0.0", kOpenMetrics},
      {"application/openmetrics-text;version=1.0.0;version=0.0.1", kOpenMetrics},
      {"text/plain;version=\"0.0.4\";q=0.2,application/openmetrics-text;version=1.0.0;q=0.1",
       kText},
  });
}

TEST(ChooseFormat, RepeatedRangeTakesTheGreaterWeight) {
  ExpectContentTypes({
      {"application/openmetrics-text;version=1.0.0;q=0,text/plain;q=0.5,"
       "application/openmetrics-text;version=1.0.0;q=0.9",
       kOpenMetrics},
  });
}

TEST(ChooseFormat, EchoesOnlySafeEscapingSchemes) {
  const std::string open_metrics = kOpenMetrics;
  for (const char* scheme : {"allow-utf-8", "underscores", "values"}) {
    const std::string accept =
        std::string("application/openmetrics-text;version=1.0.0;escaping=") + scheme;
    EXPECT_EQ(ChooseFormat(accept, false).content_type, open_metrics + "; escaping=" + scheme);
  }
  // "dots" doubles underscores, which the exporter does not do.
  for (const char* scheme : {"dots", "", "\"x; y\""}) {
    const std::string accept =
        std::string("application/openmetrics-text;version=1.0.0;escaping=") + scheme;
    EXPECT_EQ(ChooseFormat(accept, false).content_type, open_metrics) << scheme;
  }
}

}  // namespace
}  // namespace xplenty::choose_format_test
