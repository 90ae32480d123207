#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "simulator/simulator.h"

namespace xplenty::simulator {

// A simulator on a free port, whose clock stands at 2026-01-02T12:00:00Z, with a client.
class SimulatorTest : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  static SimulatorOptions Still(int64_t jobs = 0) {
    SimulatorOptions options;
    options.workload.jobs = jobs;
    options.speed = 0;
    options.start_time = ParseIso8601("2026-01-02T12:00:00Z");
    return options;
  }

  void Start(const SimulatorOptions& options) {
    auto started = Simulator::Start(options);
    ASSERT_TRUE(started);
    simulator_ = std::move(*started);
    client_ = NewClient();
    client_->set_tcp_nodelay(true);
  }
  // A client that waits longer than any test.
  std::unique_ptr<httplib::Client> NewClient() const {
    auto client = std::make_unique<httplib::Client>("127.0.0.1", simulator_->port());
    client->set_read_timeout(std::chrono::hours(1));
    return client;
  }

  static httplib::Headers Headers() {
    return {{"Accept", "application/vnd.xplenty+json; version=2"},
            httplib::make_basic_authentication_header("demo-key", "")};
  }

  httplib::Result List(const std::string& query = "") {
    return client_->Get("/demo/api/jobs" + (query.empty() ? "" : "?" + query), Headers());
  }
  json Rows(const std::string& query = "") {
    const auto result = List(query);
    return result && result->status == 200 ? json::parse(result->body) : json();
  }
  std::vector<int64_t> Ids(const std::string& query = "") {
    std::vector<int64_t> ids;
    for (const json& row : Rows(query)) ids.push_back(row.at("id"));
    return ids;
  }
  int ListStatus(const std::string& query = "") {
    const auto result = List(query);
    return result ? result->status : 0;
  }

  json Post(const std::string& path, const json& body) {
    const auto result = client_->Post(path, body.dump(), "application/json");
    EXPECT_TRUE(result && result->status == 200) << path << (result ? result->body : "");
    return result ? json::parse(result->body, nullptr, false) : json();
  }
  json Get(const std::string& path) {
    const auto result = client_->Get(path);
    return result ? json::parse(result->body, nullptr, false) : json();
  }

  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<httplib::Client> client_;
};

}  // namespace xplenty::simulator
