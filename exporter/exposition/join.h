#pragma once

#include <span>

#include "exposition/format.h"
#include "exposition/segment.h"
#include "exposition/snapshot.h"

namespace xplenty {

// Appends the families of several sources. Those of one name stand together, as all formats ask:
// under the header that the first source has for it come the samples of all, in the order of the
// sources. A family stands where the first source that names it puts it: behind the same one.
// Nothing is rendered or copied: the cost goes by the number of families and sources.
void AppendJoined(std::span<const RenderedFamilies* const> sources, Format format,
                  Segments& segments);

}  // namespace xplenty
