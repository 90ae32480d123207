#include "faults/fault_table.h"

#include <limits>
#include <map>
#include <utility>

#include "faults/account_under_test.h"
#include "faults/fault_builders.h"

namespace xplenty {
namespace {

using namespace fault;  // NOLINT(google-build-using-namespace)

std::vector<Fault> Transport() {
  const string ok = "HTTP/1.1 200 OK\r\n";
  return {
      Lost("ConnectionRefused", nullptr, kRefused, "Failed to connect to 127.0.0.1"),
      Raw("ClosedWithoutResponse", "", Then::kClose, kBroken, "list jobs: "),
      Raw("ResetBeforeTheHead", "", Then::kReset, kBroken, "list jobs: "),
      Raw("ResetInsideTheHead", ok + "Content-Ty", Then::kReset, kBroken, "list jobs: "),
      Raw("ClosedInsideTheHead", ok + "Content-Ty", Then::kClose, kBroken, "list jobs: "),
      Lost(
          "ResetInsideTheBody",
          [](const GoodResponse& good) {
            return Reply{Behind("Content-Length: 99999", good, good.rows), Then::kReset};
          },
          kBroken, "list jobs: "),
      Lost(
          "CutShortOfItsLength",
          [](const GoodResponse& good) {
            return Reply{Behind("Content-Length: 99999", good, good.rows), Then::kClose};
          },
          kBroken, " bytes "),  // the wording depends on libcurl's version
      Lost(
          "ChunksBrokenOff",
          [](const GoodResponse& good) {
            return Reply{Behind("Transfer-Encoding: chunked", good, "2\r\n[]\r\n"), Then::kClose};
          },
          kBroken, "list jobs: "),
      Raw("ChunkOfNonsense", ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", Then::kClose,
          kBroken, "chunk"),
      Raw("LengthOfNonsense", ok + "Content-Length: many\r\n\r\n[]", Then::kClose, kBroken,
          "Content-Length"),
      Raw("HangsBeforeTheHead", "", Then::kHang, kSlow, "timed out"),
      Raw("HangsInsideTheBody", ok + "Content-Length: 99\r\n\r\n[", Then::kHang, kSlow,
          "timed out"),
      Raw("DripsEndlessly", ok + "\r\n[", Then::kDrip, kSlow, "timed out"),
      Raw("OnlyInterimResponses", Repeat("HTTP/1.1 100 Continue\r\n\r\n", 3), Then::kClose, kBroken,
          "list jobs: "),
      Raw("EndlessInterimResponses", Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5000), Then::kClose,
          kUnread, "the headers are larger than 65536 bytes"),
      Raw("GarbageForHttp", "\x16\x03\x01\x02!\r\n\r\n", Then::kClose, kBroken, "HTTP/0.9"),
      Raw("BareBodyAsInHttp09", "[]", Then::kClose, kBroken, "list jobs: "),
      Raw("AnotherProtocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Then::kClose, kBroken, "HTTP/0.9"),
      Raw("VersionOfNonsense", "HTTP/9.9 200 OK\r\n\r\n[]", Then::kClose, kBroken, "list jobs: "),
      Raw("HugeHeaders", ok + Repeat("X-Filler: 0123456789012345\r\n", 9000) + "\r\n[]",
          Then::kClose, kUnread, "the headers are larger than 65536 bytes"),
      Raw("HeadersWithoutEnd", ok + Repeat("X-Filler: 0123456789012345\r\n", 3000), Then::kHang,
          kUnread, "the headers are larger than 65536 bytes"),
      Raw("HeaderLineWithoutEnd", ok + "X-Filler: " + string(400'000, 'x'), Then::kClose, kBroken,
          "list jobs: "),
  };
}

std::vector<Fault> Statuses() {
  const auto other = [](const string& code, int attempts = 1) {
    static std::map<string, string> keep;  // Counted has pointers into it
    return Counted{"http", keep.emplace(code, code).first->second.c_str(), attempts};
  };
  const string json = R"({"message":"It says why"})";
  const string html = "<html><body>Bad Gateway</body></html>";
  const string cut(195, 'x');  // a cut at 200 bytes is inside of what follows
  std::vector<Fault> faults = {
      Http("RedirectToTheSameHost", "302 Found", other("302"), "Location: /login\r\n", "",
           "HTTP 302: the redirect to /login is not followed"),
      Http("RedirectToAnotherHost", "301 Moved Permanently", other("301"),
           "Location: http://127.0.0.1:1/\r\n", "", "redirect to http://127.0.0.1:1/ is not"),
      Http("RedirectToItself", "307 Temporary Redirect", other("307"),
           "Location: /acme/api/jobs\r\n", "", "redirect to /acme/api/jobs is not"),
      Http("RedirectThatHoldsTheKey", "302 Found", other("302"),
           "Location: https://" + string(kKey) + "@x/" + cut.substr(25) + kKey + "\r\n", "",
           "<redacted>"),
      Http("RedirectToNowhere", "302 Found", other("302"), "", "", "HTTP 302 instead of a page"),
      Http("NoContent", "204 No Content", other("204"), "", "", "HTTP 204 instead of a page"),
      Http("PartialContent", "206 Partial Content", other("206"), "", "[]",
           "HTTP 206 instead of a page"),
      Http("NotModified", "304 Not Modified", other("304"), "", "", "HTTP 304 instead of a page"),
      Http("Accepted", "202 Accepted", other("202"), "", "[]", "HTTP 202 instead of a page"),
      Http("Unauthorized", "401 Unauthorized", {"auth", "401", 1}, "", json,
           "HTTP 401: It says why"),
      Http("UnauthorizedWithTheKey", "401 Unauthorized", {"auth", "401", 1}, "",
           R"({"message":")" + cut + kKey + " " + kBasic + R"("})", "xxxxx<red"),
      Http("PaymentRequired", "402 Payment Required", {"auth", "402", 1}, "", json, "HTTP 402: It"),
      Http("Forbidden", "403 Forbidden", {"auth", "403", 1}, "", html,
           "HTTP 403 with an HTML page instead of JSON"),
      Http("ServerErrorInMegabytesOfJson", "500 Internal Server Error", other("500", 5), "",
           R"({"message":")" + kMegabytes + R"("})", "HTTP 500: xxx"),
      Http("BadGatewayInHtml", "502 Bad Gateway", other("502", 5), "Content-Type: text/html\r\n",
           html, "HTTP 502 with an HTML page instead of JSON"),
      Http("BadGatewayInMegabytesOfHtml", "502 Bad Gateway", other("502", 5), "",
           "<html>" + kMegabytes, "HTTP 502 with an HTML page instead of JSON"),
      Http("UnavailableForSeconds", "503 Service Unavailable", other("503", 5),
           "Retry-After: 3\r\n", "", "HTTP 503"),
      Http("Http599", "599 Odd", other("599", 5), "", json, "HTTP 599: It says why"),
      Http("ErrorThatIsABarePage", "500 Internal Server Error", other("500", 5), "", "[]",
           "HTTP 500"),
      RateLimited("RateLimitedForSeconds", "Retry-After: 2\r\n", 5),
      RateLimited("RateLimitedUntilADatePast", "Retry-After: Fri, 29 May 1981 11:00:00 GMT\r\n", 5),
      RateLimited("RateLimitedUntilADateTomorrow", "Retry-After: Sat, 30 May 1981 12:00:00 GMT\r\n",
                  1),
      RateLimited("RateLimitedWithoutATime", "", 5),
      RateLimited("RateLimitedForNonsense", "Retry-After: soon\r\n", 5),
      RateLimited("RateLimitedForNegativeTime", "Retry-After: -5\r\n", 5),
      RateLimited("RateLimitedForEver", "Retry-After: 99999999999999999999\r\n", 1),
  };
  for (const char* code : {"400", "404", "406", "415", "422"}) {
    faults.push_back(Http(string("Http") + code, string(code) + " No", other(code), "", json,
                          string("HTTP ") + code + ": It says why"));
    faults.push_back(Http(string("Http") + code + "Empty", string(code) + " No", other(code), "",
                          "", string("HTTP ") + code));
  }
  return faults;
}

std::vector<Fault> Bodies() {
  const auto rows = [](const GoodResponse& good) { return good.rows; };
  const auto with_half = [](const GoodResponse& good) {
    return Gzip(good.rows + string(9999, ' ')).substr(0, 25);
  };
  return {
      BadCoding("NotGzip", "gzip", kUnread, "content unencoding", rows),
      BadCoding("GzipCutShort", "gzip", kNoPage, "list jobs: ", with_half),
      BadCoding("GzipOfAnotherSum", "gzip", kUnread, "content unencoding",
                [](const GoodResponse& good) {
                  string zipped = Gzip(good.rows);
                  zipped[zipped.size() - 8] ^= 1;
                  return zipped;
                }),
      BadCoding("GzipBomb", "gzip", kUnread, "the response is larger than 33554432 bytes",
                [](const GoodResponse&) { return Bomb(); }),
      BadCoding("UnknownCoding", "x-rot13", kUnread, "content encoding", rows),
      Lost("PageOfAProxy",
           Body("Content-Type: text/html\r\n", [](auto&) { return "<html>Log in</html>"; }),
           kNoPage, "an HTML page instead of JSON"),
      Lost("TextThatHoldsTheKey",
           Body("Content-Type: text/" + string(190, 'x') + kKey + "\r\n",
                [](auto&) { return kKey; }),
           kNoPage, "<red"),
      BadBody("BodyEmpty", "an empty response", [](auto&) { return ""; }),
      BadBody("BodyOfBlanks", "an empty response", [](auto&) { return " \r\n\t "; }),
      BadBody("NotJson", "not JSON at byte 1", [](auto&) { return "jobs: none"; }),
      BadBody("JsonCut", "not JSON at byte",
              [](const GoodResponse& good) { return good.rows.substr(0, good.rows.size() - 1); }),
      BadBody("ObjectForAnArray", "not a JSON array of jobs but an object",
              [](const GoodResponse& good) { return R"({"jobs":)" + good.rows + "}"; }),
      BadBody("ValueForAnArray", "not a JSON array of jobs but a single value",
              [](auto&) { return "null"; }),
      BadBody("ErrorObjectFor200", "not a JSON array of jobs but an object",
              [](auto&) { return R"({"message":"no"})"; }),
      BadBody("NestedDeep", "nested deeper than 64", OneMoreRow(Repeat("[", 70) + Repeat("]", 70))),
      BadBody("NestedWithoutEnd", "nested deeper than 64",
              [](auto&) { return string(1'000'000, '['); }),
      BadBody("NulBytes", "not JSON at byte",
              [](const GoodResponse& good) { return good.rows + string(3, '\0'); }),
      BadBody("NotUtf8", "not JSON at byte", OneMoreRow("\"\xC3\x28\"")),
      BadBody("HalfASurrogate", "not JSON at byte", OneMoreRow(R"("\ud800")")),
      BadBody("NumberBeyondAnyRange", "a number beyond any range at byte", OneMoreRow("1e999")),
      BadBody("GarbageAfterJson", "not JSON at byte", Around("", "]")),
      BadBody("TwoArrays", "not JSON at byte",
              [](const GoodResponse& good) { return good.rows + good.rows; }),
      BadBody("ManyMoreRowsThanRequested", "more than 1000 jobs on one page",
              OneMoreRow(Repeat("{},", 1000) + "{}")),
      Usable("ByteOrderMark",
             Body("", [](const GoodResponse& good) { return "\xEF\xBB\xBF" + good.rows; })),
      Usable("MoreRowsThanRequested", Body("", [](const GoodResponse& good) { return good.all; }),
             Shows::kAll),
      Usable("EachPageTwice", Body("",
                                   [](const GoodResponse& good) {
                                     if (good.rows == "[]") return good.rows;
                                     return good.rows.substr(0, good.rows.size() - 1) + "," +
                                            good.rows.substr(1);
                                   })),
      Usable("GoodGzip", Body("Content-Encoding: gzip\r\n",
                              [](const GoodResponse& good) { return Gzip(good.rows); })),
      Usable("EndlessNextLinks", Body("Link: </x>; rel=\"next\"\r\n", rows)),
      Usable("ClosedAfterEachResponse",
             [](const GoodResponse& good) {
               return Reply{HttpReply("200 OK", good.date, "", good.rows), Then::kClose};
             }),
      Usable("DateOfNonsense",
             [](const GoodResponse& good) {
               return Reply{HttpReply("200 OK", "yesterday", "", good.rows), {}};
             }),
  };
}

std::vector<Fault> Rows() {
  const string malformed = "malformed";
  const string huge = "99999999999999999999";
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  const string largest = std::to_string(kLargest);
  const auto output = [](const string& records) {
    return R"([{"id":1,"records_count":)" + records + "}]";
  };
  return {
      Rejected("RowNull", {{"", "null"}}),
      Rejected("RowNumber", {{"", "17"}}),
      Rejected("RowArray", {{"", "[1,2]"}}),
      Rejected("RowEmpty", {{"", "{}"}}),
      Rejected("IdMissing", {{"id", ""}}),
      Rejected("IdNull", {{"id", "null"}}),
      Rejected("IdNegative", {{"id", "-5"}}),
      Rejected("IdZero", {{"id", "0"}}),
      Rejected("IdString", {{"id", "\"5\""}}),
      Rejected("IdFloat", {{"id", "5.5"}}),
      Rejected("IdHuge", {{"id", huge}}),
      Rejected("StatusMissing", {{"status", ""}}),
      Rejected("StatusNull", {{"status", "null"}}),
      Rejected("StatusNumber", {{"status", "4"}}),
      Row("UnknownStatus", {{"status", "\"exploded\""}}, "unknown_status", nullptr),
      Row("StatusTwice", {{"status", R"("running","status":"completed")"}}, "", kAsItIs),
      Row("IdTwice", {{"id", R"(-1,"id":50)"}}, "", kAsItIs),
      Row("UpdateMissing", {{"updated_at", ""}}, "", kAsItIs),
      Row("UpdateNull", {{"updated_at", "null"}}, "", kAsItIs),
      Row("UpdateGarbage", {{"updated_at", "\"yesterday\""}}, malformed, kAsItIs),
      Row("UpdateNumber", {{"updated_at", "1772357400"}}, malformed, kAsItIs),
      Row("UpdateFarInTheFuture", {{"updated_at", "\"2999-01-01T00:00:00Z\""}}, "", kAsItIs),
      Row("UpdateOnImpossibleDay", {{"updated_at", "\"1981-02-30T00:00:00Z\""}}, malformed,
          kAsItIs),
      Row("NoTimeAtAll",
          {{"completed_at", "null"}, {"started_at", ""}, {"created_at", ""}, {"updated_at", ""}},
          "missing_time", [](Job& job) { job.started_at.reset(); }),
      Row("RecordsNegative", {{"outputs", output("-7")}}, malformed, kWithoutRecords),
      Row("RecordsHuge", {{"outputs", output(huge)}}, malformed, kWithoutRecords),
      Row("RecordsFloat", {{"outputs", output("7.5")}}, malformed, kWithoutRecords),
      Row("RecordsString", {{"outputs", output("\"7\"")}}, malformed, kWithoutRecords),
      Row("RecordsNull", {{"outputs", output("null")}}, "", kWithoutRecords),
      Row("RecordsLargest", {{"outputs", output(largest)}}, "", WithRecords(kLargest)),
      Row("OutputsMissing", {{"outputs", ""}}, "", kWithoutRecords),
      Row("OutputsNull", {{"outputs", "null"}}, "", kWithoutRecords),
      Row("OutputsString", {{"outputs", "\"none\""}}, malformed, kWithoutRecords),
      Row("OutputsObject", {{"outputs", R"({"id":1,"records_count":5})"}}, malformed,
          kWithoutRecords),
      Row("OutputsOfNumbers", {{"outputs", "[1,[2],null]"}}, malformed, kWithoutRecords),
      Row("PackageNull", {{"package", "null"}}, "", InPackage("1")),
      Row("PackageNumber", {{"package", "5"}}, malformed, InPackage("1")),
      Row("PackageArray", {{"package", "[5]"}}, malformed, InPackage("1")),
      Row("NameNumber", {{"package", R"({"id":1,"name":5})"}}, malformed, InPackage("1")),
      Row("NameOfControlBytes", {{"package", R"({"id":1,"name":"a\u0000\nb"})"}}, "",
          InPackage("a\xEF\xBF\xBD\xEF\xBF\xBD"
                    "b")),
      Row("NameOfTenKilobytes", {{"package", R"({"id":1,"name":")" + string(10'000, 'n') + "\"}"}},
          "", InPackage(string(117, 'n') + "…f2ac4367")),
      Row("ProgressAboveOne", {{"progress", "1.01"}}, malformed, kAsItIs),
      Row("ProgressNegative", {{"progress", "-0.5"}}, malformed, kAsItIs),
      Row("ProgressString", {{"progress", "\"half\""}}, malformed, kAsItIs),
      Row("RuntimeNegative", {{"runtime_in_seconds", "-1"}}, malformed, kAsItIs),
      Row("RuntimeHuge", {{"runtime_in_seconds", largest}}, malformed, kAsItIs),
      Row("RuntimeString", {{"runtime_in_seconds", "\"20\""}}, malformed, kAsItIs),
      Row("StartAfterFinish", {{"started_at", "\"1981-05-29T23:00:00Z\""}}, "",
          [](Job& job) { job.started_at = ParseIso8601("1981-05-29T23:00:00Z"); }),
      Row("StartAfterFinishWithoutRuntime",
          {{"started_at", "\"1981-05-29T23:00:00Z\""}, {"runtime_in_seconds", "null"}}, "",
          [](Job& job) {
            job.started_at = ParseIso8601("1981-05-29T23:00:00Z");
            job.runtime_seconds = 0;
          }),
      Row("TimeWithOffset", {{"completed_at", "\"1981-05-29T14:00:00+03:00\""}}, "", kAsItIs),
      Row("CreationGarbage", {{"created_at", "\"soon\""}}, malformed,
          [](Job& job) { job.created_at.reset(); }),
      Row("FieldOfMegabytes", {{"errors", "\"" + kMegabytes + "\""}}, "", kAsItIs),
  };
}

}  // namespace

const std::vector<Fault>& FaultTable() {
  static const std::vector<Fault> table = [] {
    std::vector<Fault> all;
    for (auto* part : {&Transport, &Statuses, &Bodies, &Rows}) {
      for (Fault& fault : (*part)()) all.push_back(std::move(fault));
    }
    return all;
  }();
  return table;
}

}  // namespace xplenty
