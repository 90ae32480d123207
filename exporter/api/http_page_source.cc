#include "api/http_page_source.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "api/list_jobs.h"
#include "api/redact.h"
#include "base/percent_encode.h"
#include "base/utf8.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxHeaderBytes = 65'536;
constexpr size_t kMaxErrorBytes = 400;
constexpr int kLongestPollMs = 1000;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// Collects one answer, within the caps.
struct Receiver {
  explicit Receiver(size_t body_limit) : max_body_bytes(body_limit) {}

  // 0 ends the transfer.
  size_t TakeBody(std::string_view bytes) {
    if (bytes.size() > max_body_bytes - answer.body.size()) {
      too_large = "the answer is larger than " + std::to_string(max_body_bytes) + " bytes";
      return 0;
    }
    answer.body += bytes;
    return bytes.size();
  }

  size_t TakeHeader(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMaxHeaderBytes) {
      too_large = "the headers are larger than " + std::to_string(kMaxHeaderBytes) + " bytes";
      return 0;
    }
    if (line.starts_with("HTTP/")) {  // an interim answer (1xx) may have come before
      answer.headers = {};
      in_head = true;
    } else if (line.find_first_not_of("\r\n") == std::string_view::npos) {
      in_head = false;  // what follows the body is a trailer
    } else if (in_head) {
      answer.headers.AddLine(line);
    }
    return line.size();
  }

  HttpAnswer answer;
  std::string too_large;  // why the transfer was ended
  size_t max_body_bytes;
  size_t header_bytes{};
  bool in_head{};
};

extern "C" {
static size_t TakeBodyBytes(char* data, size_t size, size_t count, void* receiver) {
  return static_cast<Receiver*>(receiver)->TakeBody({data, size * count});
}
static size_t TakeHeaderLine(char* data, size_t size, size_t count, void* receiver) {
  return static_cast<Receiver*>(receiver)->TakeHeader({data, size * count});
}
}

Error Invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

std::optional<std::string> UrlPart(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

// The scheme of a URL that may serve as the API's.
Result<std::string> CheckApiUrl(const std::string& api_url) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, api_url.c_str(), 0) != CURLUE_OK) {
    return Invalid("the API URL is not a URL such as https://api.xplenty.com");
  }
  const std::string scheme = UrlPart(url.get(), CURLUPART_SCHEME).value_or("");
  if (scheme != "https" && scheme != "http") {
    return Invalid("the API URL must begin with https:// or http://");
  }
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (UrlPart(url.get(), part)) {
      return Invalid("the API URL must have no user, password, query or fragment");
    }
  }
  return scheme;
}

ErrorCode CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kTimeout;
    case CURLE_BAD_CONTENT_ENCODING:  // a whole answer, but not in the coding that it claims
      return ErrorCode::kParse;
    default:
      return ErrorCode::kNetwork;
  }
}

ApiError NoAnswer(ErrorCode code, std::string message) {
  return {.error = Error{code, std::move(message)}.In("list jobs"),
          .http_status = 0,
          .retry_after = std::nullopt};
}

}  // namespace

CurlGlobal::CurlGlobal() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

CurlGlobal::~CurlGlobal() {
  curl_global_cleanup();
}

// The handles of the HTTP library and what is done with them.
class HttpPageSource::Transfer {
 public:
  Transfer(Options options, const ApiKey& key, RequestObserver& observer)
      : options_(std::move(options)),
        key_(key),
        observer_(observer),
        easy_(curl_easy_init()),
        multi_(curl_multi_init()) {
    while (options_.api_url.ends_with('/')) options_.api_url.pop_back();
  }

  Status SetUp(const std::string& scheme) {
    headers_.reset(curl_slist_append(nullptr, "Accept: application/vnd.xplenty+json; version=2"));
    if (!easy_ || !multi_ || !headers_) return Invalid("the HTTP library cannot be set up");
    bool set = Set(CURLOPT_HTTPHEADER, headers_.get());
    set &= Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set &= Set(CURLOPT_PROTOCOLS_STR, scheme.c_str());
    set &= Set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set &= Set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set &= Set(CURLOPT_PASSWORD, "");
    set &= Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set &= Set(CURLOPT_PATH_AS_IS, 1L);
    set &= Set(CURLOPT_FOLLOWLOCATION, 0L);
    set &= Set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set &= Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set &= Set(CURLOPT_SSL_VERIFYPEER, 1L) && Set(CURLOPT_SSL_VERIFYHOST, 2L);
    set &= Set(CURLOPT_NOSIGNAL, 1L);
    set &= Set(CURLOPT_QUICK_EXIT, 1L);  // a hanging name server must not outlast the deadline
    set &= Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set &= Set(CURLOPT_ERRORBUFFER, error_text_.data());
    set &= Set(CURLOPT_WRITEFUNCTION, &TakeBodyBytes);
    set &= Set(CURLOPT_HEADERFUNCTION, &TakeHeaderLine);
    if (!options_.ca_file.empty()) set &= Set(CURLOPT_CAINFO, options_.ca_file.c_str());
    if (!options_.proxy_url.empty()) set &= Set(CURLOPT_PROXY, options_.proxy_url.c_str());
    if (!set) return Invalid("the HTTP library refuses an option");
    return Done{};
  }

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) {
    if (limits.stop.stop_requested()) return NoAnswer(ErrorCode::kCancelled, "cancelled");
    const auto left =
        std::chrono::floor<milliseconds>(limits.deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return NoAnswer(ErrorCode::kTimeout, "the deadline has passed");

    const Secret key = key_.Load();
    const std::vector<std::string> secrets = {key.Reveal(), PercentEncode(key.Reveal()),
                                              Base64(key.Reveal() + ":"), options_.proxy_url};
    Receiver receiver(options_.max_body_bytes);
    const std::string url =
        options_.api_url + ListJobsTarget(options_.account_id, request, options_.page_size);
    const bool set = Set(CURLOPT_URL, url.c_str()) && Set(CURLOPT_USERNAME, key.Reveal().c_str()) &&
                     SetTimeout(std::min(left, options_.timeout)) &&
                     Set(CURLOPT_WRITEDATA, &receiver) && Set(CURLOPT_HEADERDATA, &receiver);
    if (!set) return NoAnswer(ErrorCode::kNetwork, "the HTTP library refuses the request");

    const std::optional<CURLcode> code = Perform(limits.stop);
    const HttpAnswer& answer = receiver.answer;
    const bool whole = code == CURLE_OK && !receiver.in_head;
    receiver.answer.status = whole ? Info<long, int>(CURLINFO_RESPONSE_CODE) : 0;
    observer_.OnRequest(answer.status,
                        std::chrono::duration<double>(Info<double, double>(CURLINFO_TOTAL_TIME)));
    const RateLimit rate_limit = answer.headers.ReadRateLimit();
    if (rate_limit.limit || rate_limit.remaining) observer_.OnRateLimit(rate_limit);

    if (!code) return NoAnswer(ErrorCode::kCancelled, "cancelled");
    if (!receiver.too_large.empty()) return NoAnswer(ErrorCode::kParse, receiver.too_large);
    if (*code != CURLE_OK) return NoAnswer(CodeOf(*code), Describe(*code, secrets));
    // The library takes that for an answer without a body.
    if (!whole) return NoAnswer(ErrorCode::kNetwork, "the answer ends inside its headers");
    return ReadListJobs(answer, options_.page_size, secrets);
  }

 private:
  template <typename T>
  bool Set(CURLoption option, T value) {
    return curl_easy_setopt(easy_.get(), option, value) == CURLE_OK;
  }

  bool SetTimeout(milliseconds timeout) {
    const long count = static_cast<long>(std::max<milliseconds::rep>(timeout.count(), 1));
    return Set(CURLOPT_TIMEOUT_MS, count) && Set(CURLOPT_CONNECTTIMEOUT_MS, count);
  }

  template <typename T, typename R>
  R Info(CURLINFO info) const {
    T value{};
    curl_easy_getinfo(easy_.get(), info, &value);
    return static_cast<R>(value);
  }

  // Nothing if the stop came first; the connection is then closed.
  std::optional<CURLcode> Perform(const std::stop_token& stop) {
    error_text_.front() = '\0';
    if (curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) return CURLE_FAILED_INIT;
    std::optional<CURLcode> code;
    {
      const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
      code = Run(stop);
    }
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return code;
  }

  std::optional<CURLcode> Run(const std::stop_token& stop) {
    int running = 1;
    while (!stop.stop_requested()) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (running == 0) return Outcome();
      if (curl_multi_poll(multi_.get(), nullptr, 0, kLongestPollMs, nullptr) != CURLM_OK) {
        return CURLE_FAILED_INIT;
      }
    }
    return std::nullopt;
  }

  CURLcode Outcome() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    return CURLE_FAILED_INIT;
  }

  std::string Describe(CURLcode code, const std::vector<std::string>& secrets) const {
    std::string_view text = error_text_.data();
    // Those quote the URL of the proxy, however it is spelled.
    const bool quotes_proxy = code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_URL_MALFORMAT ||
                              text.find("nsupported proxy") != std::string_view::npos;
    if (quotes_proxy) text = "the proxy URL cannot be used: its host is not found or it is no URL";
    if (text.empty()) text = curl_easy_strerror(code);
    return CleanText(Redact(text, secrets), kMaxErrorBytes);
  }

  Options options_;
  const ApiKey& key_;
  RequestObserver& observer_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;  // goes first
};

HttpPageSource::HttpPageSource(std::unique_ptr<Transfer> transfer)
    : transfer_(std::move(transfer)) {}

HttpPageSource::~HttpPageSource() = default;

Result<std::unique_ptr<HttpPageSource>> HttpPageSource::Create(Options options, const ApiKey& key,
                                                               RequestObserver& observer) {
  const Result<std::string> scheme = CheckApiUrl(options.api_url);
  if (!scheme) return scheme.error();
  if (options.account_id.empty()) return Invalid("the account id is empty");
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; };
  if (std::ranges::any_of(options.user_agent, is_control)) {
    return Invalid("the user agent holds a control character");
  }
  auto transfer = std::make_unique<Transfer>(std::move(options), key, observer);
  if (Status status = transfer->SetUp(*scheme); !status) return status.error();
  return std::unique_ptr<HttpPageSource>(new HttpPageSource(std::move(transfer)));
}

Result<Page, ApiError> HttpPageSource::Fetch(const PageRequest& request,
                                             const RequestLimits& limits) {
  return transfer_->Fetch(request, limits);
}

}  // namespace xplenty
