#include "api/curl_library.h"

#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include <curl/curl.h>

namespace xplenty {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

Error InvalidUrl(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

std::optional<std::string> UrlPart(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

CurlGlobal::CurlGlobal() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

CurlGlobal::~CurlGlobal() {
  curl_global_cleanup();
}

Result<std::string> SchemeOfApi(const std::string& api_url) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, api_url.c_str(), 0) != CURLUE_OK) {
    return InvalidUrl("the API URL is not a URL such as https://api.xplenty.com");
  }
  const std::string scheme = UrlPart(url.get(), CURLUPART_SCHEME).value_or("");
  if (scheme != "https" && scheme != "http") {
    return InvalidUrl("the API URL must begin with https:// or http://");
  }
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (UrlPart(url.get(), part)) {
      return InvalidUrl("the API URL must have no user, password, query or fragment");
    }
  }
  return scheme;
}

std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  constexpr std::time_t kEnd = 253'402'300'800;  // the year 10000
  const std::time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds < 0 || seconds >= kEnd) return std::nullopt;
  return FromUnix(seconds);
}

}  // namespace xplenty
