#include "simulator/faults.h"

#include <functional>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace xplenty::simulator {
namespace {

using nlohmann::json;
using Setter = std::function<void(Faults&, const json&)>;

template <typename T>
Setter Set(T Faults::*field) {
  return [field](Faults& faults, const json& value) { faults.*field = value.get<T>(); };
}

Setter SetMilliseconds(std::chrono::milliseconds Faults::*field) {
  return [field](Faults& faults, const json& value) {
    faults.*field = std::chrono::milliseconds(value.get<int64_t>());
  };
}

std::map<std::string, Setter> Setters() {
  return {
      {"latency_ms", SetMilliseconds(&Faults::latency)},
      {"slow_bytes_ms", SetMilliseconds(&Faults::slow_bytes)},
      {"status",
       [](Faults& faults, const json& value) {
         for (const auto& [code, chance] : value.items()) {
           faults.status[std::stoi(code)] = chance.get<double>();
         }
       }},
      {"retry_after", Set(&Faults::retry_after)},
      {"html", Set(&Faults::html)},
      {"cut_body", Set(&Faults::cut_body)},
      {"cut_json", Set(&Faults::cut_json)},
      {"close", Set(&Faults::close)},
      {"move_rows", Set(&Faults::move_rows)},
      {"hang", Set(&Faults::hang)},
      {"shuffle_ties", Set(&Faults::shuffle_ties)},
      {"ignore_sort", Set(&Faults::ignore_sort)},
      {"ignore_since", Set(&Faults::ignore_since)},
      {"no_date", Set(&Faults::no_date)},
      {"no_rate_headers", Set(&Faults::no_rate_headers)},
      {"updated_at_lag_seconds", Set(&Faults::updated_at_lag_seconds)},
      {"clock_skew_seconds", Set(&Faults::clock_skew_seconds)},
      {"flood_mib", Set(&Faults::flood_mib)},
      {"reject_key", Set(&Faults::reject_key)},
      {"hang_after",
       [](Faults& faults, const json& value) { faults.hang_after = value.get<int64_t>(); }},
      {"for_requests",
       [](Faults& faults, const json& value) { faults.for_requests = value.get<int64_t>(); }},
  };
}

}  // namespace

Faults ParseFaults(const json& object) {
  if (!object.is_object()) throw std::invalid_argument("faults must be an object");
  const auto setters = Setters();
  Faults faults;
  for (const auto& [key, value] : object.items()) {
    const auto setter = setters.find(key);
    if (setter == setters.end()) throw std::invalid_argument("there is no fault " + key);
    setter->second(faults, value);
  }
  return faults;
}

}  // namespace xplenty::simulator
