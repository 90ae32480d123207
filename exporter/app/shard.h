#pragma once

#include <string_view>

#include "config/config.h"

namespace xplenty {

// The shard that an account belongs to, of `count`: as Prometheus' relabelling computes `hashmod`
// of the account's id (the last 8 bytes of its MD5 sum, big-endian, modulo the count), so that
// a Prometheus that spreads /probe targets by it reaches the right one.
uint64_t ShardOf(std::string_view account, uint64_t count);

}  // namespace xplenty
