#include "refresh/status_listing.h"

#include <gtest/gtest.h>

#include "scan_fixture.h"

namespace xplenty::status_listing_test {
namespace {

TEST(StatusListing, ReadsAllJobsOfOneStatus) {
  ListServer server;
  for (int64_t id = 1; id <= 20; ++id) {
    server.jobs[id] = MakeJob(id, id % 2 == 0 ? JobStatus::kRunning : JobStatus::kQueued, kStart);
  }
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kUntilStable);
  EXPECT_EQ(RunToEnd(listing, server).size(), 10U);
}

TEST(StatusListing, SendsOneRequestForAPartialPage) {
  const ListServer server;
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kUntilStable);
  size_t requests = 0;
  RunToEnd(
      listing, server, [] {}, &requests);
  EXPECT_EQ(requests, 1U);
}

TEST(StatusListing, SinglePassReadsEachPageOnce) {
  ListServer server;
  for (int64_t id = 1; id <= 7; ++id) Put(server, id, 1000);
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kOne);
  size_t requests = 0;
  EXPECT_EQ(RunToEnd(
                listing, server, [] {}, &requests)
                .size(),
            7U);
  EXPECT_EQ(requests, 3U);
}

}  // namespace
}  // namespace xplenty::status_listing_test
