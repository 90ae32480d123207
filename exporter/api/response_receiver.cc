#include "api/response_receiver.h"

namespace xplenty {
namespace {

constexpr size_t kMaxHeaderBytes = 65'536;

}  // namespace

size_t ResponseReceiver::TakeBody(std::string_view bytes) {
  if (bytes.size() > max_body_bytes_ - response_.body.size()) {
    too_large_ = "the response is larger than " + std::to_string(max_body_bytes_) + " bytes";
    return 0;
  }
  response_.body += bytes;
  return bytes.size();
}

size_t ResponseReceiver::TakeHeader(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    too_large_ = "the headers are larger than " + std::to_string(kMaxHeaderBytes) + " bytes";
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // an interim response (1xx) may have come before
    response_.headers = {};
    in_head_ = true;
  } else if (line.find_first_not_of("\r\n") == std::string_view::npos) {
    in_head_ = false;  // what follows the body is a trailer
  } else if (in_head_) {
    response_.headers.AddLine(line);
  }
  return line.size();
}

}  // namespace xplenty
