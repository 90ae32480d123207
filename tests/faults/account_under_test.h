#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/registry.h>

#include "api/http_page_source.h"
#include "app/accounts.h"
#include "app/exposition_cache.h"
#include "app/routes.h"
#include "base/mutex.h"
#include "support/fake_clock.h"
#include "support/figures.h"

namespace xplenty {

// Visible, and unlike anything else; its form in HTTP Basic is checked for as well.
inline constexpr const char* kKey = "s3same-0pen";

// Keeps what is logged, a line each.
class LineLogger final : public Logger {
 public:
  void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) override;

  std::vector<std::string> Lines() const;
  // Those of level warn or above.
  std::vector<std::string> Warnings() const;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
  std::vector<std::string> warnings_ GUARDED_BY(mutex_);
};

// An exposition: what stands before the value, by line.
class Samples {
 public:
  explicit Samples(const std::string& exposition);

  // Of the families that begin so.
  std::map<std::string, std::string> Of(std::string_view prefix) const;
  // The five state gauges; the counters and package gauges.
  std::map<std::string, std::string> State() const;
  std::map<std::string, std::string> Lasting() const;
  // "" if there is no such sample.
  std::string Value(const std::string& sample) const;
  // How much the counter has grown by label value, where it has; `before` is an earlier scrape.
  std::map<std::string, int> Growth(const std::string& counter, const Samples& before) const;

  friend bool operator==(const Samples&, const Samples&) = default;

 private:
  std::map<std::string, std::string> values_;
};

// The API's timeout, where none is to pass.
inline constexpr std::chrono::minutes kPatient(10);

// The clock of these tests begins at noon, 29 May 1981.
inline void SetToNoon(FakeClock& clock) {
  clock.Advance(WallTime(std::chrono::hours(99'996)) - clock.Wall());
}

// A program of one account but for its sockets: everything from the key to the answers to scrapes.
// Waiting costs nothing on its clock. What is given by reference must outlive this.
class AccountUnderTest {
 public:
  AccountUnderTest(FakeClock& clock, const std::string& api_url,
                   const std::string& account = "acme",
                   std::chrono::milliseconds timeout = kPatient);

  void Start();
  // A scrape, and with it a refresh unless the last one is too fresh. It must succeed.
  Samples Scrape();
  Samples ScrapeAfter(std::chrono::seconds time) {
    clock_.Advance(time);
    return Scrape();
  }
  // Of GET on that path.
  HttpResponse Get(const std::string& path);

  // Counters of what is published now.
  AllFigures figures() const { return FiguresOf(*view()); }
  std::shared_ptr<const AccountView> view() const { return families()->view; }
  std::shared_ptr<const SourceFamilies> families() const {
    return accounts_.list()->front()->exposition().Latest();
  }

  LineLogger log;
  Config config;

 private:
  FakeClock& clock_;
  prometheus::Registry registry_;
  ExpositionCache exposition_{registry_};
  Accounts accounts_;
  Routes routes_;
};

}  // namespace xplenty
