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

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{seconds(1'000)};

// A connection of the table and the other end of its socket.
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
  // Held; its deadline is a minute after `since`.
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
  EXPECT_EQ(table_->held(), 1U);
  table_->Watch(client.connection, EPOLLIN);
  EXPECT_EQ(table_->held(), 0U);
  EXPECT_EQ(table_->Next(), &client.connection);
  EXPECT_EQ(table_->held(), 1U);
  client.Send();
  table_->End();
  EXPECT_EQ(table_->Next(), nullptr) << "nobody is told of it twice";
}

TEST_F(ConnectionTableTest, ReturnsARearmedConnectionAgain) {
  const Client client = Add();
  client.Send();
  for (int i = 0; i < 3; ++i) {
    table_->Watch(client.connection, EPOLLIN);
    EXPECT_EQ(table_->Next(), &client.connection);
  }
  table_->Watch(client.connection, EPOLLOUT);
  EXPECT_EQ(table_->Next(), &client.connection);
}

TEST_F(ConnectionTableTest, TakesExpiredConnections) {
  const Client early = Add(kStart);
  const Client late = Add(kStart + seconds(1));
  const Client held = Add(kStart);
  table_->Watch(late.connection, EPOLLIN);
  table_->Watch(early.connection, EPOLLIN);
  EXPECT_TRUE(table_->HoldExpired(kStart + seconds(59)).empty());
  EXPECT_EQ(table_->HoldExpired(kStart + seconds(60)), std::vector{&early.connection});
  EXPECT_EQ(table_->held(), 2U);
  EXPECT_EQ(table_->HoldExpired(kStart + seconds(61)), std::vector{&late.connection});
}

TEST_F(ConnectionTableTest, ReportsAnEarlierDeadline) {
  EXPECT_EQ(table_->NextDeadline(kStart), SteadyTime::max());
  const Client first = Add(kStart + seconds(1));
  EXPECT_TRUE(table_->Watch(first.connection, EPOLLIN));
  EXPECT_EQ(table_->NextDeadline(kStart), kStart + seconds(61));
  const Client sooner = Add(kStart);
  const Client later = Add(kStart + seconds(2));
  EXPECT_FALSE(table_->Watch(later.connection, EPOLLIN));
  EXPECT_TRUE(table_->Watch(sooner.connection, EPOLLIN));
  EXPECT_EQ(table_->NextDeadline(kStart), kStart + seconds(60));
}

TEST_F(ConnectionTableTest, EvictsTheLongestIdleConnection) {
  const Client held = Add(kStart);
  const Client second = Add(kStart + seconds(2));
  const Client first = Add(kStart + seconds(1));
  for (const Client* client : {&second, &first}) table_->Watch(client->connection, EPOLLIN);
  EXPECT_TRUE(table_->CloseLongestWatched());
  EXPECT_TRUE(first.is_closed());
  EXPECT_FALSE(second.is_closed());
  EXPECT_TRUE(table_->CloseLongestWatched());
  EXPECT_FALSE(table_->CloseLongestWatched());
  EXPECT_FALSE(held.is_closed());
  EXPECT_EQ(table_->open(), 1U);
}

TEST_F(ConnectionTableTest, ArmsOnlyLingeringConnectionsAfterClose) {
  const Client watched = Add();
  const Client held = Add();
  const Client draining = Add();
  table_->Watch(watched.connection, EPOLLIN);
  table_->CloseWatched();
  EXPECT_TRUE(watched.is_closed());
  EXPECT_FALSE(held.is_closed());
  table_->Watch(held.connection, EPOLLIN);
  EXPECT_TRUE(held.is_closed());
  table_->Drain(draining.connection);
  table_->Watch(draining.connection, EPOLLIN);
  EXPECT_FALSE(draining.is_closed());
  EXPECT_EQ(table_->open(), 0U);
}

TEST_F(ConnectionTableTest, LetsAFewDrain) {
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Add(kStart + seconds(i)));
    table_->Drain(clients.back().connection);
    table_->Watch(clients.back().connection, EPOLLIN);
  }
  EXPECT_TRUE(clients.front().is_closed());
  EXPECT_FALSE(clients.back().is_closed());
  EXPECT_EQ(table_->open(), 0U);
  EXPECT_FALSE(table_->CloseLongestWatched()) << "they take no other's room";
}

TEST_F(ConnectionTableTest, ShutdownInUseEndsIo) {
  const Client held = Add();
  const Client watched = Add();
  table_->Watch(watched.connection, EPOLLIN);
  table_->AbortHeld();
  EXPECT_TRUE(held.is_closed());
  EXPECT_FALSE(watched.is_closed());
}

}  // namespace
}  // namespace xplenty
