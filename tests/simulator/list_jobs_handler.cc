#include "simulator/list_jobs_handler.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "simulator/list_query.h"
#include "simulator/simulated_clock.h"

namespace xplenty::simulator {
namespace {

constexpr std::string_view kPathEnd = "/api/jobs";
constexpr int64_t kHour = 3600;

std::string Base64(std::string_view text) {
  std::string encoded((text.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  return encoded;
}

std::string Squeezed(std::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '"') continue;
    squeezed += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return squeezed;
}

// Returns whether the header lists application/vnd.xplenty+json with the parameter version=2.
bool AcceptsVersionTwo(const std::string& header) {
  const std::string ranges = Squeezed(header) + ",";
  for (size_t begin = 0; begin < ranges.size();) {
    const size_t end = ranges.find(',', begin);
    const std::string range = ranges.substr(begin, end - begin) + ";";
    if (range.starts_with("application/vnd.xplenty+json;") &&
        range.find(";version=2;") != std::string::npos) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

// A link to the same request with another offset.
std::string LinkTo(const HttpRequest& request, int64_t offset, std::string_view relation) {
  Parameters parameters;
  for (const auto& parameter : request.parameters) {
    if (parameter.first != "offset") parameters.push_back(parameter);
  }
  parameters.emplace_back("offset", std::to_string(offset));
  return "<http://" + request.host + request.path + "?" + FormatParameters(parameters) +
         ">; rel=\"" + std::string(relation) + "\"";
}

}  // namespace

HttpResponse MessageResponse(int status, const std::string& text) {
  HttpResponse response;
  response.status = status;
  response.body = nlohmann::json{{"message", text}}.dump();
  return response;
}

ListJobsHandler::ListJobsHandler(const AccountOptions& account, bool bare, RateLimit& rate_limit,
                                 uint64_t seed)
    : row_options_{.account = account.id, .bare = bare},
      authorization_("Basic " + Base64(account.api_key + ":")),
      rate_limit_(rate_limit),
      random_(seed, 7) {}

bool ListJobsHandler::IsListPath(const std::string& path) {
  return path.size() > kPathEnd.size() + 1 && path.ends_with(kPathEnd) &&
         path.find('/', 1) == path.size() - kPathEnd.size();
}

bool ListJobsHandler::IsAuthorized(const HttpRequest& request) const {
  return request.authorization == authorization_;
}

HttpResponse ListJobsHandler::Handle(const HttpRequest& request, JobStore& store,
                                     const Faults& faults, Timestamp now) {
  HttpResponse response = BuildResponse(request, store, faults, now);
  if (!faults.no_date) {
    const auto skew = std::chrono::seconds(faults.clock_skew_seconds);
    response.headers.emplace_back("Date", FormatHttpDate(now + skew));
  }
  if (!faults.no_rate_headers) {
    response.headers.emplace_back("X-RateLimit-Limit", std::to_string(rate_limit_.limit()));
    response.headers.emplace_back("X-RateLimit-Remaining",
                                  std::to_string(rate_limit_.Remaining(now)));
  }
  return response;
}

HttpResponse ListJobsHandler::BuildResponse(const HttpRequest& request, JobStore& store,
                                            const Faults& faults, Timestamp now) {
  if (!IsListPath(request.path)) return MessageResponse(404, "Not found");
  if (request.method != "GET" && request.method != "HEAD") {
    return MessageResponse(405, "Method not allowed");
  }
  for (const auto& [code, chance] : faults.status) {
    if (!random_.Chance(chance)) continue;
    HttpResponse response = MessageResponse(code, "Simulated fault " + std::to_string(code));
    if (!faults.retry_after.empty())
      response.headers.emplace_back("Retry-After", faults.retry_after);
    return response;
  }
  if (random_.Chance(faults.html)) {
    HttpResponse response;
    response.content_type = "text/html";
    response.body = "<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>";
    return response;
  }
  if (faults.reject_key != 0) return MessageResponse(faults.reject_key, "The API key is refused");
  if (!IsAuthorized(request)) return MessageResponse(401, "Access denied");
  if (!rate_limit_.Spend(now)) {
    HttpResponse response = MessageResponse(429, "Rate limit exceeded");
    response.headers.emplace_back("Retry-After", std::to_string(kHour - ToUnix(now) % kHour));
    return response;
  }
  if (!AcceptsVersionTwo(request.accept)) {
    return MessageResponse(406, "Accept must be application/vnd.xplenty+json; version=2");
  }
  if (request.path != "/" + row_options_.account + std::string(kPathEnd)) {
    return MessageResponse(404, "There is no such account");
  }
  return BuildPage(request, store, faults, now);
}

HttpResponse ListJobsHandler::BuildPage(const HttpRequest& request, JobStore& store,
                                        const Faults& faults, Timestamp now) {
  auto parsed = ParseListQuery(request.parameters);
  if (!parsed) return MessageResponse(422, parsed.error().message);
  ListQuery query = *parsed;
  if (random_.Chance(faults.move_rows)) {
    MoveARow(store, query.since.value_or(now - std::chrono::hours(24)), now);
  }
  if (faults.ignore_since) query.since.reset();
  if (faults.ignore_sort) {
    query.sort = ListQuery{}.sort;
    query.ascending = ListQuery{}.ascending;
  }
  ListView view;
  if (faults.updated_at_lag_seconds > 0) {
    view.visible_until = now - std::chrono::seconds(faults.updated_at_lag_seconds);
  }
  if (faults.shuffle_ties) view.shuffle_ties = random_.Next();

  std::vector<const Job*> jobs = store.List(query, view);
  const bool more = jobs.size() > static_cast<size_t>(query.limit);
  if (more) jobs.pop_back();

  HttpResponse response;
  response.body = "[";
  for (const Job* job : jobs) {
    if (response.body.size() > 1) response.body += ',';
    response.body += RenderRow(*job, store, row_options_);
  }
  response.body += ']';

  std::string links;
  if (more) links = LinkTo(request, query.offset + query.limit, "next");
  if (query.offset > 0) {
    if (more) links += ", ";
    links += LinkTo(request, std::max<int64_t>(0, query.offset - query.limit), "prev");
  }
  if (!links.empty()) response.headers.emplace_back("Link", links);

  if (random_.Chance(faults.cut_json)) response.body.resize(response.body.size() / 2);
  if (random_.Chance(faults.cut_body)) response.cut_after = response.body.size() / 2;
  response.leading_spaces = static_cast<size_t>(std::max<int64_t>(faults.flood_mib, 0)) << 20U;
  return response;
}

void ListJobsHandler::MoveARow(JobStore& store, Timestamp since, Timestamp now) {
  const Job* job = store.PickFinished(since, random_.Next());
  if (job == nullptr) return;
  store.Upsert({{"id", job->id}, {"updated_at", FormatIso8601(now)}}, now);
}

}  // namespace xplenty::simulator
