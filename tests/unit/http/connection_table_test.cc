#include "http/connection_table.h"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace xplenty::connection_table_test {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{seconds(1'000)};

// A connection in the table and the other end of its socket.
struct Client {
  Connection& connection;
  FileDescriptor peer;

  void Send() const { ::send(peer.get(), "x", 1, MSG_NOSIGNAL); }
  bool is_closed() const {
    char byte = 0;
    return ::recv(peer.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
};

class ConnectionTableTest : public testing::Test {
 protected:
  // Adds a connection in use, with a deadline a minute after `since`.
  Client Add(SteadyTime since = kStart) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    Connection& connection = table_->Add(Socket(FileDescriptor(ends[0]), nullptr), "::1");
    connection.since = since;
    connection.deadline = since + seconds(60);
    return {connection, FileDescriptor(ends[1])};
  }

  std::unique_ptr<ConnectionTable> table_ = std::move(*ConnectionTable::Create());
};

TEST_F(ConnectionTableTest, ReturnsArmedConnectionsOnly) {
  const Client client = Add();
  client.Send();
  EXPECT_EQ(table_->in_use(), 1U);
  table_->Arm(client.connection, EPOLLIN);
  EXPECT_EQ(table_->in_use(), 0U);
  EXPECT_EQ(table_->Next(), &client.connection);
  EXPECT_EQ(table_->in_use(), 1U);
  client.Send();
  table_->End();
  EXPECT_EQ(table_->Next(), nullptr) << "it is returned only once";
}

TEST_F(ConnectionTableTest, ReturnsARearmedConnectionAgain) {
  const Client client = Add();
  client.Send();
  for (int i = 0; i < 3; ++i) {
    table_->Arm(client.connection, EPOLLIN);
    EXPECT_EQ(table_->Next(), &client.connection);
  }
  table_->Arm(client.connection, EPOLLOUT);
  EXPECT_EQ(table_->Next(), &client.connection);
}

TEST_F(ConnectionTableTest, TakesExpiredConnections) {
  const Client early = Add(kStart);
  const Client late = Add(kStart + seconds(1));
  const Client in_use = Add(kStart);
  table_->Arm(late.connection, EPOLLIN);
  table_->Arm(early.connection, EPOLLIN);
  EXPECT_TRUE(table_->TakeExpired(kStart + seconds(59)).empty());
  EXPECT_EQ(table_->TakeExpired(kStart + seconds(60)), std::vector{&early.connection});
  EXPECT_EQ(table_->in_use(), 2U);
  EXPECT_EQ(table_->TakeExpired(kStart + seconds(61)), std::vector{&late.connection});
}

TEST_F(ConnectionTableTest, ReportsAnEarlierDeadline) {
  EXPECT_EQ(table_->NextDeadline(kStart), SteadyTime::max());
  const Client first = Add(kStart + seconds(1));
  EXPECT_TRUE(table_->Arm(first.connection, EPOLLIN));
  EXPECT_EQ(table_->NextDeadline(kStart), kStart + seconds(61));
  const Client sooner = Add(kStart);
  const Client later = Add(kStart + seconds(2));
  EXPECT_FALSE(table_->Arm(later.connection, EPOLLIN));
  EXPECT_TRUE(table_->Arm(sooner.connection, EPOLLIN));
  EXPECT_EQ(table_->NextDeadline(kStart), kStart + seconds(60));
}

TEST_F(ConnectionTableTest, EvictsTheLongestIdleConnection) {
  const Client in_use = Add(kStart);
  const Client second = Add(kStart + seconds(2));
  const Client first = Add(kStart + seconds(1));
  for (const Client* client : {&second, &first}) table_->Arm(client->connection, EPOLLIN);
  EXPECT_TRUE(table_->EvictIdle());
  EXPECT_TRUE(first.is_closed());
  EXPECT_FALSE(second.is_closed());
  EXPECT_TRUE(table_->EvictIdle());
  EXPECT_FALSE(table_->EvictIdle());
  EXPECT_FALSE(in_use.is_closed());
  EXPECT_EQ(table_->open(), 1U);
}

TEST_F(ConnectionTableTest, ArmsOnlyLingeringConnectionsAfterClose) {
  const Client watched = Add();
  const Client in_use = Add();
  const Client lingering = Add();
  table_->Arm(watched.connection, EPOLLIN);
  table_->CloseIdle();
  EXPECT_TRUE(watched.is_closed());
  EXPECT_FALSE(in_use.is_closed());
  table_->Arm(in_use.connection, EPOLLIN);
  EXPECT_TRUE(in_use.is_closed());
  table_->LingeringClose(lingering.connection);
  table_->Arm(lingering.connection, EPOLLIN);
  EXPECT_FALSE(lingering.is_closed());
  EXPECT_EQ(table_->open(), 0U);
}

TEST_F(ConnectionTableTest, LimitsLingeringConnections) {
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Add(kStart + seconds(i)));
    table_->LingeringClose(clients.back().connection);
    table_->Arm(clients.back().connection, EPOLLIN);
  }
  EXPECT_TRUE(clients.front().is_closed());
  EXPECT_FALSE(clients.back().is_closed());
  EXPECT_EQ(table_->open(), 0U);
  EXPECT_FALSE(table_->EvictIdle()) << "lingering connections have their own limit";
}

TEST_F(ConnectionTableTest, ShutdownInUseEndsIo) {
  const Client in_use = Add();
  const Client watched = Add();
  table_->Arm(watched.connection, EPOLLIN);
  table_->ShutdownInUse();
  EXPECT_TRUE(in_use.is_closed());
  EXPECT_FALSE(watched.is_closed());
}

}  // namespace
}  // namespace xplenty::connection_table_test
