#include "unit/http/server_fixture.h"

#include <stdexcept>

namespace xplenty {
namespace {

HttpResponse Echo(const HttpRequest& request) {
  std::string text = request.method + ' ' + request.path + " from " + request.remote_address;
  for (const auto& [name, value] : request.params) text += "\n?" + name + '=' + value;
  for (const auto& [name, value] : request.headers) text += '\n' + name + ": " + value;
  return HttpResponse::Text(200, text);
}

}  // namespace

void ServerTest::Start() {
  routes_["/hello"] = {[](const HttpRequest&) { return HttpResponse::Text(200, "hello"); }};
  routes_["/echo"] = {Echo};
  routes_["/wait"] = {[this](const HttpRequest&) {
    gate_.Pass();
    return HttpResponse::Text(200, "waited");
  }};
  routes_["/throw"] = {
      [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("the secret detail"); }};
  routes_["/reload"] = {[](const HttpRequest&) { return HttpResponse::Text(200, "reloaded"); },
                        Route::Method::kPost};
  auto server = HttpServer::Start(options_, routes_, logger_);
  if (!server) throw std::runtime_error("no server: " + server.error().message);
  server_ = std::move(*server);
  address_ = server_->addresses().front();
}

}  // namespace xplenty
