#include "http/negotiate.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "http/accept_list.h"

namespace xplenty {
namespace {

// How specific a media range is.
enum class Match { kNone, kAny, kType, kSubtype, kVersion };

struct Offer {
  Format format{};
  std::string_view content_type;
  Match (*match)(const AcceptElement& range){};
};

// The match of `type/subtype` with a version; a range without one means it if `is_default`.
Match MatchVersion(const AcceptElement& range, std::string_view media_type,
                   std::string_view version, bool is_default) {
  if (!EqualsIgnoringCase(range.value, media_type)) return Match::kNone;
  const auto asked = range.Parameter("version");
  if (!asked) return is_default ? Match::kSubtype : Match::kNone;
  return *asked == version ? Match::kVersion : Match::kNone;
}

Match MatchText(const AcceptElement& range) {
  if (range.value == "*/*") return Match::kAny;
  if (EqualsIgnoringCase(range.value, "text/*")) return Match::kType;
  return MatchVersion(range, "text/plain", "0.0.4", true);
}

Match MatchOpenMetrics(const AcceptElement& range) {
  if (EqualsIgnoringCase(range.value, "application/*")) return Match::kType;
  return MatchVersion(range, "application/openmetrics-text", "1.0.0", false);
}

Match MatchOldOpenMetrics(const AcceptElement& range) {
  return MatchVersion(range, "application/openmetrics-text", "0.0.1", true);
}

Match MatchProtobuf(const AcceptElement& range) {
  const bool ours = EqualsIgnoringCase(range.value, "application/vnd.google.protobuf") &&
                    range.Parameter("proto") == "io.prometheus.client.MetricFamily" &&
                    range.Parameter("encoding") == "delimited";
  return ours ? Match::kVersion : Match::kNone;
}

constexpr Offer kText = {Format::kText, "text/plain; version=0.0.4; charset=utf-8", MatchText};
constexpr std::array<Offer, 4> kOffers = {
    kText,
    {Format::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8",
     MatchOpenMetrics},
    {Format::kOpenMetrics, "application/openmetrics-text; version=0.0.1; charset=utf-8",
     MatchOldOpenMetrics},
    {Format::kProtobuf,
     "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
     MatchProtobuf}};

// The range that decides about an offered format.
struct Decision {
  Match match{};
  const AcceptElement* range{};  // null: no range matches
};

Decision Decide(const Offer& offer, const std::vector<AcceptElement>& ranges) {
  Decision decision;
  for (const AcceptElement& range : ranges) {
    const Match match = offer.match(range);
    const bool closer =
        match > decision.match || (match == decision.match && decision.range != nullptr &&
                                   range.weight > decision.range->weight);
    if (match != Match::kNone && closer) decision = {match, &range};
  }
  return decision;
}

bool IsBetter(const Decision& a, const Decision& b) {
  if (a.range == nullptr || a.range->weight <= 0) return false;
  if (b.range == nullptr || b.range->weight <= 0) return true;
  if (a.range->weight != b.range->weight) return a.range->weight > b.range->weight;
  if (a.match != b.match) return a.match > b.match;
  return a.range < b.range;  // both point into one vector
}

// Escaping schemes that do not change names of letters, digits and underscores; "dots" does.
bool KeepsOurNames(std::string_view scheme) {
  constexpr std::array<std::string_view, 3> kSchemes = {"allow-utf-8", "underscores", "values"};
  return std::ranges::find(kSchemes, scheme) != kSchemes.end();
}

}  // namespace

NegotiatedFormat ChooseFormat(std::string_view accept, bool with_protobuf) {
  const std::vector<AcceptElement> ranges = ParseAcceptList(accept);
  const Offer* best = &kText;
  Decision best_decision;
  for (const Offer& offer : kOffers) {
    if (offer.format == Format::kProtobuf && !with_protobuf) continue;
    const Decision decision = Decide(offer, ranges);
    if (!IsBetter(decision, best_decision)) continue;
    best = &offer;
    best_decision = decision;
  }
  NegotiatedFormat chosen{.format = best->format, .content_type = std::string(best->content_type)};
  if (best_decision.range != nullptr) {
    const auto scheme = best_decision.range->Parameter("escaping");
    if (scheme && KeepsOurNames(*scheme)) chosen.content_type.append("; escaping=").append(*scheme);
  }
  return chosen;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<double> gzip;
  std::optional<double> identity;
  std::optional<double> any;
  for (const AcceptElement& element : ParseAcceptList(accept_encoding)) {
    const std::string_view coding = element.value;
    if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip")) {
      gzip = std::max(gzip.value_or(0), element.weight);
    } else if (EqualsIgnoringCase(coding, "identity")) {
      identity = element.weight;
    } else if (coding == "*") {
      any = element.weight;
    }
  }
  const double gzip_weight = gzip.value_or(any.value_or(0));
  const double identity_weight = identity.value_or(any.value_or(0));
  return gzip_weight > 0 && gzip_weight >= identity_weight;
}

}  // namespace xplenty
