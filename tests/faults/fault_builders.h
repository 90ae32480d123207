#pragma once

#include <functional>
#include <string>
#include <utility>

#include "faults/fault_table.h"
#include "support/gzip.h"

// How the rows of the fault table are written.
namespace xplenty::fault {

using std::string;
using Kind = Fault::Kind;
using Reply = ScriptedServer::Reply;
using Then = ScriptedServer::Then;
using Change = std::function<string(const GoodAnswer&)>;
using Seen = std::function<void(Job&)>;

inline const string kBasic = "czNzYW1lLTBwZW46";  // the key as HTTP Basic sends it
inline const string kMegabytes(1'100'000, 'x');

struct Counted {
  const char* reason;
  const char* code;
  int attempts;
};
inline constexpr Counted kBroken = {"network", "error", 5};
inline constexpr Counted kSlow = {"timeout", "error", 5};
inline constexpr Counted kUnread = {"parse", "error", 1};
inline constexpr Counted kNoPage = {"parse", "200", 1};
inline constexpr Counted kRefused = {"network", "error", 5};

inline Fault Lost(string name, Spoil spoil, const Counted& counted, string says) {
  return {.name = std::move(name),
          .kind = Kind::kLostPage,
          .spoil = std::move(spoil),
          .reason = counted.reason,
          .code = counted.code,
          .attempts = counted.attempts,
          .says = std::move(says),
          .slow = string(counted.reason) == "timeout"};
}

// Those bytes, whatever was asked for.
inline Fault Raw(string name, string bytes, Then then, const Counted& counted, string says) {
  return Lost(
      std::move(name),
      [=](const GoodAnswer&) {
        return Reply{bytes, then};
      },
      counted, std::move(says));
}

// A whole answer of that status.
inline Fault Http(string name, string status, const Counted& counted, string headers, string body,
                  string says) {
  return Lost(
      std::move(name),
      [=](const GoodAnswer& good) {
        return Reply{HttpReply(status, good.date, headers, body), {}};
      },
      counted, std::move(says));
}

inline Fault RateLimited(string name, string retry_after, int attempts) {
  Fault fault = Http(std::move(name), "429 Too Many Requests", {"rate_limit", "429", attempts},
                     retry_after, R"({"message":"Slow down"})", "HTTP 429: Slow down");
  fault.waits_an_hour = attempts == 1;
  return fault;
}

inline Spoil Body(const string& headers, const Change& change) {
  return [=](const GoodAnswer& good) {
    return Reply{HttpReply("200 OK", good.date, headers, change(good)), {}};
  };
}

// Status 200, but that body.
inline Fault BadBody(string name, string says, Change change) {
  return Lost(std::move(name), Body("Content-Type: application/json\r\n", change), kNoPage,
              std::move(says));
}

inline Fault BadCoding(string name, const string& coding, const Counted& counted, string says,
                       Change change) {
  return Lost(std::move(name), Body("Content-Encoding: " + coding + "\r\n", change), counted,
              std::move(says));
}

inline Fault Odd(string name, Spoil spoil, Shows shows = Shows::kRows) {
  return {
      .name = std::move(name), .kind = Kind::kOddPage, .spoil = std::move(spoil), .shows = shows};
}

inline Fault Row(string name, Edits edits, string anomaly, Seen seen) {
  return {.name = std::move(name),
          .kind = Kind::kOddRow,
          .edits = std::move(edits),
          .anomaly = std::move(anomaly),
          .seen = std::move(seen)};
}

inline Fault Rejected(string name, Edits edits) {
  return Row(std::move(name), std::move(edits), "malformed", nullptr);
}

inline const Seen kAsItIs = [](Job&) {};
inline const Seen kWithoutRecords = [](Job& job) {
  for (Output& output : job.outputs) output.records = 0;
};

inline Seen WithRecords(int64_t records) {
  return [=](Job& job) { job.outputs.front().records = records; };
}

inline Seen InPackage(const string& label) {
  return [=](Job& job) { job.package_name = label; };
}

inline const string& Bomb() {
  static const string bomb = Gzip(string(size_t{40} << 20U, ' '));
  return bomb;
}

inline string Repeat(const string& text, int times) {
  string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// The rows, with something behind the opening bracket, and behind all.
inline Change Around(const string& first, const string& behind) {
  return [=](const GoodAnswer& good) { return "[" + first + good.rows.substr(1) + behind; };
}

// All rows, each preceded by that one.
inline Change OneMoreRow(const string& row) {
  return [=](const GoodAnswer& good) {
    return "[" + row + (good.rows == "[]" ? "" : ",") + good.rows.substr(1);
  };
}

inline string Behind(const string& head, const GoodAnswer& good, const string& rows) {
  return "HTTP/1.1 200 OK\r\nDate: " + good.date + "\r\n" + head + "\r\n\r\n" + rows;
}

}  // namespace xplenty::fault
