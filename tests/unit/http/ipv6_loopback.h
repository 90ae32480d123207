#pragma once

namespace xplenty {

// Whether this machine has the address ::1. Containers often have none.
bool HasIpv6Loopback();

}  // namespace xplenty
