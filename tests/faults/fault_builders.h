#pragma once

#include <functional>
#include <string>
#include <utility>

#include "faults/fault_table.h"
#include "support/gzip.h"

// Builders of the rows of the fault table.
namespace xplenty::fault {

using std::string;
using Kind = Fault::Kind;
using Reply = ScriptedServer::Reply;
using Then = ScriptedServer::Then;
using Change = std::function<string(const GoodResponse&)>;
using CountedAs = std::function<void(Job&)>;

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

inline Fault Lost(string name, Spoil spoil, const Counted& counted, string warning) {
  return {.name = std::move(name),
          .kind = Kind::kLostPage,
          .spoil = std::move(spoil),
          .reason = counted.reason,
          .code = counted.code,
          .attempts = counted.attempts,
          .warning = std::move(warning),
          .slow = string(counted.reason) == "timeout"};
}

// The response to every request is these bytes.
inline Fault Raw(string name, string bytes, Then then, const Counted& counted, string warning) {
  return Lost(
      std::move(name),
      [=](const GoodResponse&) {
        return Reply{bytes, then};
      },
      counted, std::move(warning));
}

// The response is complete and has this status.
inline Fault Http(string name, string status, const Counted& counted, string headers, string body,
                  string warning) {
  return Lost(
      std::move(name),
      [=](const GoodResponse& good) {
        return Reply{HttpReply(status, good.date, headers, body), {}};
      },
      counted, std::move(warning));
}

inline Fault RateLimited(string name, string retry_after, int attempts) {
  Fault fault = Http(std::move(name), "429 Too Many Requests", {"rate_limit", "429", attempts},
                     retry_after, R"({"message":"Slow down"})", "HTTP 429: Slow down");
  fault.waits_an_hour = attempts == 1;
  return fault;
}

inline Spoil Body(const string& headers, const Change& change) {
  return [=](const GoodResponse& good) {
    return Reply{HttpReply("200 OK", good.date, headers, change(good)), {}};
  };
}

// The response has status 200 and a bad body.
inline Fault BadBody(string name, string warning, Change change) {
  return Lost(std::move(name), Body("Content-Type: application/json\r\n", change), kNoPage,
              std::move(warning));
}

inline Fault BadCoding(string name, const string& coding, const Counted& counted, string warning,
                       Change change) {
  return Lost(std::move(name), Body("Content-Encoding: " + coding + "\r\n", change), counted,
              std::move(warning));
}

inline Fault Usable(string name, Spoil spoil, Shows shows = Shows::kRows) {
  return {.name = std::move(name),
          .kind = Kind::kUsablePage,
          .spoil = std::move(spoil),
          .shows = shows};
}

inline Fault Row(string name, Edits edits, string anomaly, CountedAs counted_as) {
  return {.name = std::move(name),
          .kind = Kind::kWrongRow,
          .edits = std::move(edits),
          .anomaly = std::move(anomaly),
          .counted_as = std::move(counted_as)};
}

inline Fault Rejected(string name, Edits edits) {
  return Row(std::move(name), std::move(edits), "malformed", nullptr);
}

inline const CountedAs kAsItIs = [](Job&) {};
inline const CountedAs kWithoutRecords = [](Job& job) {
  for (Output& output : job.outputs) output.records = 0;
};

inline CountedAs WithRecords(int64_t records) {
  return [=](Job& job) { job.outputs.front().records = records; };
}

inline CountedAs InPackage(const string& label) {
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

// The rows, with `first` behind the opening bracket and `behind` at the end.
inline Change Around(const string& first, const string& behind) {
  return [=](const GoodResponse& good) { return "[" + first + good.rows.substr(1) + behind; };
}

// The rows, with one more row before them.
inline Change OneMoreRow(const string& row) {
  return [=](const GoodResponse& good) {
    return "[" + row + (good.rows == "[]" ? "" : ",") + good.rows.substr(1);
  };
}

inline string Behind(const string& head, const GoodResponse& good, const string& rows) {
  return "HTTP/1.1 200 OK\r\nDate: " + good.date + "\r\n" + head + "\r\n\r\n" + rows;
}

}  // namespace xplenty::fault
