#include "web/negotiate.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "web/ascii.h"

namespace xplenty {
namespace {

// 0 to 1; a negative weight and one that is no number are 0.
double ParseWeight(std::string_view text) {
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  return weight > 0 ? std::min(weight, 1.0) : 0;  // NaN is not above 0
}

double WeightOf(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = TakeUntil(parameters, ';');
    const std::string_view name = TakeUntil(value, '=');
    if (EqualsIgnoringCase(name, "q")) return ParseWeight(TrimBlanks(value));
  }
  return 1;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<double> gzip;
  std::optional<double> identity;
  std::optional<double> any;
  while (!accept_encoding.empty()) {
    std::string_view parameters = TakeUntil(accept_encoding, ',');
    const std::string_view coding = TakeUntil(parameters, ';');
    const double weight = WeightOf(parameters);
    if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip")) {
      gzip = std::max(gzip.value_or(0), weight);
    } else if (EqualsIgnoringCase(coding, "identity")) {
      identity = weight;
    } else if (coding == "*") {
      any = weight;
    }
  }
  const double gzip_weight = gzip.value_or(any.value_or(0));
  const double identity_weight = identity.value_or(any.value_or(0));
  return gzip_weight > 0 && gzip_weight >= identity_weight;
}

}  // namespace xplenty
