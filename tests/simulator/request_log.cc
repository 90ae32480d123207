#include "simulator/request_log.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace xplenty::simulator {

RequestLog::Ticket RequestLog::Add(std::string query, std::string user_agent, bool authorized) {
  constexpr size_t kKept = 1000;
  requests_.push_back({std::move(query), std::move(user_agent), authorized});
  if (requests_.size() > kKept) requests_.pop_front();
  return {.epoch = epoch_, .number = total_++};
}

void RequestLog::RecordStatus(const Ticket& ticket, int status) {
  const uint64_t oldest = total_ - requests_.size();
  if (ticket.epoch == epoch_ && ticket.number >= oldest) {
    requests_[ticket.number - oldest].status = status;
  }
}

void RequestLog::Clear() {
  requests_.clear();
  total_ = 0;
  ++epoch_;
}

nlohmann::json RequestLog::Render() const {
  auto list = nlohmann::json::array();
  for (const Request& request : requests_) {
    list.push_back({{"query", request.query},
                    {"user_agent", request.user_agent},
                    {"authorization_ok", request.authorized},
                    {"status", request.status}});
  }
  return {{"total", total_}, {"list", list}};
}

}  // namespace xplenty::simulator
