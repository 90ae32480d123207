#include "api/http_page_source.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "api/curl_library.h"
#include "api/list_jobs.h"
#include "api/redact.h"
#include "api/response_receiver.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxErrorBytes = 400;
// Load balancers forget a connection that is idle for a minute or more, some routers sooner.
constexpr long kKeepAliveSeconds = 15;
constexpr long kMaxIdleSeconds = 50;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

extern "C" {
static size_t TakeBodyBytes(char* data, size_t size, size_t count, void* receiver) {
  return static_cast<ResponseReceiver*>(receiver)->TakeBody({data, size * count});
}
static size_t TakeHeaderLine(char* data, size_t size, size_t count, void* receiver) {
  return static_cast<ResponseReceiver*>(receiver)->TakeHeader({data, size * count});
}
}

Error Invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

ErrorCode CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kTimeout;
    case CURLE_BAD_CONTENT_ENCODING:  // the response is whole, but not in the coding that it names
      return ErrorCode::kParse;
    default:
      return ErrorCode::kNetwork;
  }
}

ApiError NoResponse(ErrorCode code, std::string message) {
  return {.error = Error{code, std::move(message)}.In("list jobs"),
          .http_status = 0,
          .retry_after = std::nullopt};
}

std::string Describe(CURLcode code, std::string_view text,
                     const std::vector<std::string>& secrets) {
  // These errors quote the URL of the proxy, in any spelling.
  const bool quotes_proxy = code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_URL_MALFORMAT ||
                            text.find("nsupported proxy") != std::string_view::npos;
  if (quotes_proxy) text = "the proxy URL cannot be used: its host is not found or it is no URL";
  if (text.empty()) text = curl_easy_strerror(code);
  return CleanText(Redact(text, secrets), kMaxErrorBytes);
}

}  // namespace

// Owns the handles of the HTTP library and sends requests through them.
class HttpPageSource::Client {
 public:
  Client(Options options, std::string scheme, const ApiKey& key, RequestObserver& observer)
      : options_(std::move(options)),
        scheme_(std::move(scheme)),
        key_(key),
        observer_(observer),
        multi_(curl_multi_init()) {
    while (options_.api.url.ends_with('/')) options_.api.url.pop_back();
  }

  Status SetUp() {
    headers_.reset(curl_slist_append(nullptr, "Accept: application/vnd.xplenty+json; version=2"));
    if (!multi_ || !headers_) return Invalid("the HTTP library cannot be set up");
    exchanges_.push_back(std::make_unique<Exchange>());
    if (!SetUp(*exchanges_.back())) return Invalid("the HTTP library refuses an option");
    return OkStatus();
  }

  Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) {
    const auto none = [&](ErrorCode code, const char* why) {
      return Responses(requests.size(), NoResponse(code, why));
    };
    if (limits.stop.stop_requested()) return none(ErrorCode::kCancelled, "cancelled");
    const auto left =
        std::chrono::floor<milliseconds>(limits.deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return none(ErrorCode::kTimeout, "the deadline has passed");

    const Secret key = key_.Load();
    const std::vector<std::string> secrets = {key.Reveal(), PercentEncode(key.Reveal()),
                                              Base64(key.Reveal() + ":"), options_.api.proxy_url};
    // No more connections are kept than were needed last.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(requests.size()));
    Responses responses = none(ErrorCode::kNetwork, "the HTTP library refuses the request");
    const milliseconds timeout = std::min(left, options_.api.timeout);
    std::vector<Exchange*> sent(requests.size());  // null: refused, or ended
    for (size_t i = 0; i < requests.size(); ++i) {
      sent[i] = Send(i, requests[i], key, timeout);
    }
    const auto end = [&](size_t i, std::optional<CURLcode> code) {
      Exchange& exchange = *std::exchange(sent[i], nullptr);
      curl_multi_remove_handle(multi_.get(), exchange.easy.get());
      responses[i] = End(exchange, code, secrets);
    };
    {
      const std::stop_callback wake(limits.stop, [this] { curl_multi_wakeup(multi_.get()); });
      Run(limits.stop, timeout, sent, end);
    }
    const bool stopped = limits.stop.stop_requested();
    for (size_t i = 0; i < sent.size(); ++i) {
      if (sent[i] == nullptr) continue;
      end(i, stopped ? std::nullopt : std::optional(CURLE_FAILED_INIT));
    }
    return responses;
  }

 private:
  // Carries one request at a time.
  struct Exchange {
    std::unique_ptr<CURL, EasyDeleter> easy{curl_easy_init()};
    std::array<char, CURL_ERROR_SIZE> error_text{};
    ResponseReceiver receiver{0};
    SteadyTime sent_at{};
    bool sent_again = false;  // on a new connection

    // Returns whether the request went over a kept connection and nothing has come back.
    bool WaitsOnKeptConnection() const {
      return !sent_again && !receiver.begun() && Info<long>(CURLINFO_NUM_CONNECTS) == 0 &&
             Info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0;
    }

    template <typename T>
    bool Set(CURLoption option, T value) {
      return curl_easy_setopt(easy.get(), option, value) == CURLE_OK;
    }
    template <typename T>
    T Info(CURLINFO info) const {
      T value{};
      curl_easy_getinfo(easy.get(), info, &value);
      return value;
    }
  };

  bool SetUp(Exchange& exchange) const {
    if (!exchange.easy) return false;
    bool set = exchange.Set(CURLOPT_HTTPHEADER, headers_.get());
    set &= exchange.Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set &= exchange.Set(CURLOPT_PROTOCOLS_STR, scheme_.c_str());
    set &= exchange.Set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set &= exchange.Set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set &= exchange.Set(CURLOPT_PASSWORD, "");
    set &= exchange.Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set &= exchange.Set(CURLOPT_PATH_AS_IS, 1L);
    set &= exchange.Set(CURLOPT_FOLLOWLOCATION, 0L);
    set &= exchange.Set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set &= exchange.Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set &= exchange.Set(CURLOPT_SSL_VERIFYPEER, 1L) && exchange.Set(CURLOPT_SSL_VERIFYHOST, 2L);
    set &= exchange.Set(CURLOPT_NOSIGNAL, 1L);
    set &= exchange.Set(CURLOPT_TCP_KEEPALIVE, 1L);
    set &= exchange.Set(CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
    set &= exchange.Set(CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
    set &= exchange.Set(CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
    set &= exchange.Set(CURLOPT_QUICK_EXIT, 1L);  // no name server may outlast the deadline
    set &= exchange.Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set &= exchange.Set(CURLOPT_ERRORBUFFER, exchange.error_text.data());
    set &= exchange.Set(CURLOPT_WRITEFUNCTION, &TakeBodyBytes);
    set &= exchange.Set(CURLOPT_WRITEDATA, &exchange.receiver);
    set &= exchange.Set(CURLOPT_HEADERFUNCTION, &TakeHeaderLine);
    set &= exchange.Set(CURLOPT_HEADERDATA, &exchange.receiver);
    if (!options_.api.ca_file.empty()) {
      set &= exchange.Set(CURLOPT_CAINFO, options_.api.ca_file.c_str());
      set &= exchange.Set(CURLOPT_PROXY_CAINFO, options_.api.ca_file.c_str());
    }
    if (!options_.api.proxy_url.empty())
      set &= exchange.Set(CURLOPT_PROXY, options_.api.proxy_url.c_str());
    return set;
  }

  // Sends the i-th request of a batch. Null if the library refuses it.
  Exchange* Send(size_t i, const PageRequest& request, const Secret& key, milliseconds timeout) {
    if (i == exchanges_.size()) {
      exchanges_.push_back(std::make_unique<Exchange>());
      if (!SetUp(*exchanges_.back())) exchanges_.pop_back();
    }
    if (i >= exchanges_.size()) return nullptr;
    Exchange& exchange = *exchanges_[i];
    exchange.receiver = ResponseReceiver(options_.max_body_bytes);
    exchange.error_text.front() = '\0';
    exchange.sent_at = std::chrono::steady_clock::now();
    exchange.sent_again = false;
    const std::string url =
        options_.api.url + ListJobsTarget(options_.account_id, request, options_.api.page_size);
    const long limit = static_cast<long>(std::max<milliseconds::rep>(timeout.count(), 1));
    const bool set = exchange.Set(CURLOPT_URL, url.c_str()) &&
                     exchange.Set(CURLOPT_USERNAME, key.Reveal().c_str()) &&
                     exchange.Set(CURLOPT_FRESH_CONNECT, 0L) &&
                     exchange.Set(CURLOPT_TIMEOUT_MS, limit) &&
                     exchange.Set(CURLOPT_CONNECTTIMEOUT_MS, limit);
    const bool sent = set && curl_multi_add_handle(multi_.get(), exchange.easy.get()) == CURLM_OK;
    return sent ? &exchange : nullptr;
  }

  // Returns how long a kept connection may take to begin a response: a server that is slow is not
  // asked twice each time.
  milliseconds Patience() const {
    constexpr int kTimesUsual = 4;
    return std::max(options_.kept_connection_patience, kTimesUsual * usual_first_byte_);
  }

  // Sends requests again, on new connections, that wait on kept ones for too long.
  void SendAgain(const std::vector<Exchange*>& sent, milliseconds timeout) {
    const SteadyTime now = std::chrono::steady_clock::now();
    for (Exchange* const exchange : sent) {
      if (exchange == nullptr || now - exchange->sent_at < Patience()) continue;
      if (!exchange->WaitsOnKeptConnection()) continue;
      const auto left = timeout - std::chrono::floor<milliseconds>(now - exchange->sent_at);
      if (left <= milliseconds(0)) continue;
      curl_multi_remove_handle(multi_.get(), exchange->easy.get());
      observer_.OnRequest(0, now - exchange->sent_at);
      exchange->sent_again = true;
      exchange->Set(CURLOPT_FRESH_CONNECT, 1L);
      exchange->Set(CURLOPT_TIMEOUT_MS, long{left.count()});
      curl_multi_add_handle(multi_.get(), exchange->easy.get());
    }
  }

  // Runs until all requests have ended, a stop is requested or the library fails. Calls `end` for
  // each request as soon as it has ended. Sleeps until a socket is ready, a timer of the library
  // ends, a kept connection has taken too long or a stop wakes it, at most for `timeout`.
  template <typename OnEnd>
  void Run(const std::stop_token& stop, milliseconds timeout, const std::vector<Exchange*>& sent,
           const OnEnd& end) {
    const auto longest_poll = [&] {
      const bool waits = std::ranges::any_of(sent, [](const Exchange* exchange) {
        return exchange != nullptr && exchange->WaitsOnKeptConnection();
      });
      const milliseconds longest = waits ? std::min(Patience(), timeout) : timeout;
      return static_cast<int>(
          std::min<milliseconds::rep>(longest.count(), std::numeric_limits<int>::max()));
    };
    int running = 1;
    while (running > 0 && !stop.stop_requested()) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return;
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto of_message = [&](const Exchange* exchange) {
          return exchange != nullptr && exchange->easy.get() == message->easy_handle;
        };
        const auto ended = std::ranges::find_if(sent, of_message);
        end(static_cast<size_t>(ended - sent.begin()), message->data.result);
      }
      if (running == 0) return;
      if (curl_multi_poll(multi_.get(), nullptr, 0, longest_poll(), nullptr) != CURLM_OK) return;
      SendAgain(sent, timeout);
    }
  }

  // Without a code it was cancelled; its connection is then closed.
  Result<Page, ApiError> End(Exchange& exchange, std::optional<CURLcode> code,
                             const std::vector<std::string>& secrets) {
    ResponseReceiver receiver = std::exchange(exchange.receiver, ResponseReceiver(0));
    RawResponse& response = receiver.response();
    const bool whole = code == CURLE_OK && !receiver.in_head();
    response.status = whole ? static_cast<int>(exchange.Info<long>(CURLINFO_RESPONSE_CODE)) : 0;
    observer_.OnRequest(response.status,
                        std::chrono::duration<double>(exchange.Info<double>(CURLINFO_TOTAL_TIME)));
    const RateLimit rate_limit = response.headers.ReadRateLimit();
    if (rate_limit.limit || rate_limit.remaining) observer_.OnRateLimit(rate_limit);
    if (whole) {
      const std::chrono::microseconds first(
          exchange.Info<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T));
      usual_first_byte_ = std::chrono::ceil<milliseconds>(first);
    }

    if (!code) return NoResponse(ErrorCode::kCancelled, "cancelled");
    if (!receiver.too_large().empty()) return NoResponse(ErrorCode::kParse, receiver.too_large());
    if (*code != CURLE_OK) {
      return NoResponse(CodeOf(*code), Describe(*code, exchange.error_text.data(), secrets));
    }
    // The library takes that for an response without a body.
    if (!whole) return NoResponse(ErrorCode::kNetwork, "the response ends inside its headers");
    return ReadListJobs(response, options_.api.page_size, secrets);
  }

  Options options_;
  const std::string scheme_;
  const ApiKey& key_;
  RequestObserver& observer_;
  milliseconds usual_first_byte_{};  // of the last response
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;  // as many as were ever used in parallel
  std::unique_ptr<CURLM, MultiDeleter> multi_;        // last, as it must be destroyed first
};

HttpPageSource::HttpPageSource(std::unique_ptr<Client> client) : client_(std::move(client)) {}

HttpPageSource::~HttpPageSource() = default;

Result<std::unique_ptr<HttpPageSource>> HttpPageSource::Create(Options options, const ApiKey& key,
                                                               RequestObserver& observer) {
  const Result<std::string> scheme = SchemeOfApi(options.api.url);
  if (!scheme) return scheme.error();
  if (options.account_id.empty()) return Invalid("the account id is empty");
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; };
  if (std::ranges::any_of(options.user_agent, is_control)) {
    return Invalid("the user agent holds a control character");
  }
  auto client = std::make_unique<Client>(std::move(options), *scheme, key, observer);
  RETURN_IF_ERROR(client->SetUp());
  return std::unique_ptr<HttpPageSource>(new HttpPageSource(std::move(client)));
}

Result<Page, ApiError> HttpPageSource::Fetch(const PageRequest& request,
                                             const RequestLimits& limits) {
  return std::move(client_->FetchAll({&request, 1}, limits).front());
}

PageSource::Responses HttpPageSource::FetchAll(std::span<const PageRequest> requests,
                                               const RequestLimits& limits) {
  return client_->FetchAll(requests, limits);
}

}  // namespace xplenty
