#pragma once

#include <string>
#include <string_view>

#include "exposition/format.h"

namespace xplenty {

struct NegotiatedFormat {
  Format format{};
  std::string content_type;
};

// The format for a client with this Accept: RFC 9110, section 12.5.1. Each format has the weight of
// the most specific range that names it; the greatest weight wins, then the range that says more,
// then the one that comes first. As with Prometheus' own libraries, OpenMetrics without a version
// is 0.0.1, and `*/*` asks for text. Where nothing fits, text 0.0.4 is served, never a 406. The
// Protobuf, where it is offered, must be asked for with its two parameters. The
// Content-Type repeats the scheme of escaping of names where ours are the same under it.
NegotiatedFormat ChooseFormat(std::string_view accept, bool with_protobuf);

// Whether a client with this Accept-Encoding wants gzip rather than the plain bytes: RFC 9110,
// section 12.5.3. Weights, `*`, `identity` and `x-gzip` count. An empty value means plain bytes.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace xplenty
