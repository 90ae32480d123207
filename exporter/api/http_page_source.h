#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "api/api_key.h"
#include "api/page_source.h"
#include "api/request_observer.h"
#include "base/result.h"
#include "model/api_options.h"

namespace xplenty {

// Asks the API over HTTP/1.1 and keeps its connection between requests, or as many as were side by
// side last. Something between may have forgotten a kept connection without a word: if one gives no
// response for longer than usual, the request is sent again on a new one, once. Verifies TLS (1.2
// or later), follows no redirect, gives up at the deadline and at once on a stop. Speaks TLS unless
// the URL is http. Without a proxy the environment's HTTPS_PROXY, NO_PROXY and their like are
// honoured. No error holds the key or a proxy's credentials.
class HttpPageSource final : public PageSource {
 public:
  struct Options {
    ApiOptions api;
    std::string account_id;
    std::string user_agent;
    size_t max_body_bytes{size_t{32} << 20U};  // after decompression
    // How long a kept connection may take at least to begin a response.
    std::chrono::milliseconds kept_connection_patience{1'000};
  };

  // Makes a source, without a request. The key and the observer must outlive it. Fails
  // (kInvalidArgument) if no request can be made from the options.
  static Result<std::unique_ptr<HttpPageSource>> Create(Options options, const ApiKey& key,
                                                        RequestObserver& observer);
  ~HttpPageSource() override;

  // Sends one request, or none if the deadline has passed or a stop was requested already.
  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override;
  // Sends several requests in parallel, on this thread.
  Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) override;

 private:
  class Client;
  explicit HttpPageSource(std::unique_ptr<Client> client);

  std::unique_ptr<Client> client_;
};

}  // namespace xplenty
