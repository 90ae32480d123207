#pragma once

#include <string>
#include <string_view>

#include "exposition/format.h"

namespace xplenty {

// The result of ChooseFormat().
struct NegotiatedFormat {
  Format format{};
  std::string content_type;
};

// Chooses the format for a client with this Accept header (RFC 9110, section 12.5.1). Each format
// has the weight of the most specific range that names it; the greatest weight wins, then the more
// specific range, then the earlier one. As in Prometheus' own libraries, OpenMetrics without a
// version is 0.0.1, and `*/*` means text. If nothing fits, text 0.0.4 is served, never a 406.
// Protobuf needs `with_protobuf` and both of its parameters in the header. The Content-Type repeats
// the requested escaping scheme if it leaves our names unchanged.
NegotiatedFormat ChooseFormat(std::string_view accept, bool with_protobuf);

// True if a client with this Accept-Encoding header prefers gzip to identity (RFC 9110, section
// 12.5.3). Honours weights, `*`, `identity` and `x-gzip`. An empty header means identity.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace xplenty
