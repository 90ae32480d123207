#pragma once

namespace xplenty {

// Lets go of the pages of the program and its libraries that nothing writes to. The loader reads
// the symbols of some forty libraries through once, and those pages would be resident for ever: two
// thirds of what a small exporter holds. A page that is used again comes back from the page cache,
// or from the file. Once, when everything is loaded; from any thread.
void ReleaseLoadedPages();

}  // namespace xplenty
