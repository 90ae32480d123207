#include "http/negotiate.h"

#include <gtest/gtest.h>

namespace xplenty::negotiate_test {
namespace {

TEST(AcceptsGzip, WhenTheClientDoes) {
  for (const char* header : {
           "gzip",                     // Prometheus, all versions
           "gzip, deflate, br, zstd",  // browsers
           "deflate, gzip;q=1.0, *;q=0.5",
           "GZIP",
           "x-gzip",
           "*",
           " gzip ; q=0.001 ",
           "\tgzip\t;\tQ=1",
           "br;q=1.0,gzip;q=0.8,*;q=0.1",
           "gzip;q=2",  // above its range: 1
           "gzip;level=9;q=0.5",
           "gzip;q=0, x-gzip",
           "*;q=0.1, br",
           "identity;q=0.5, gzip;q=0.5",
           "identity;q=0, gzip;q=0.1",
           ",,gzip,",
       }) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
}

TEST(AcceptsGzip, NotWhenTheClientDoesNot) {
  for (const char* header : {
           "",
           "identity",  // Prometheus 3 with compression off
           "gzip;q=0",
           "gzip;q=0.000",
           "gzip; q = 0",
           "*;q=0",
           "gzip;q=0, *",
           "br, deflate",
           "gzippy",
           "notgzip, br",
           "identity;q=1, gzip;q=0.5",
           "gzip;q=0.5, *;q=0.8",  // identity is one of the others
           "gzip;q=-1",
           "gzip;q=nan",
           "gzip;q=high",
           "gzip;q=",
           ",;=,",
       }) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

}  // namespace
}  // namespace xplenty::negotiate_test
