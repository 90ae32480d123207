#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "app/instruments.h"
#include "model/account_view.h"
#include "status_page/status_page.h"

namespace xplenty {

struct AccountStatus {
  std::string name;
  std::chrono::milliseconds lookback{};
  ApiHealth health;
  std::shared_ptr<const AccountView> view;  // null before the first
};

// What the status page is to show of the accounts. They are all of one API, so of one clock.
StatusPage MakeStatusPage(const std::string& telemetry_path,
                          std::span<const AccountStatus> accounts);

}  // namespace xplenty
