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

// Easy to find in a text, and unlike anything else; tests also look for its form in HTTP Basic.
inline constexpr const char* kKey = "s3same-0pen";

// Keeps the log, a line for each message.
class LineLogger final : public Logger {
 public:
  void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) override;

  std::vector<std::string> Lines() const;
  // The lines of level warn or above.
  std::vector<std::string> Warnings() const;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
  std::vector<std::string> warnings_ GUARDED_BY(mutex_);
};

// A parsed exposition: the value of each sample by its name and labels.
class Samples {
 public:
  explicit Samples(const std::string& exposition);

  // The samples of all families whose names begin with `prefix`.
  std::map<std::string, std::string> Of(std::string_view prefix) const;
  // The samples of the five state gauges, and those of counters and package gauges.
  std::map<std::string, std::string> State() const;
  std::map<std::string, std::string> Lasting() const;
  // The value of a sample, or "" if there is no such sample.
  std::string Value(const std::string& sample) const;
  // The increase of the counter since the scrape `previous`, by label value; only where it is not
  // 0.
  std::map<std::string, int> Growth(const std::string& counter, const Samples& previous) const;

  friend bool operator==(const Samples&, const Samples&) = default;

 private:
  std::map<std::string, std::string> values_;
};

// A timeout of the API that never passes in a test.
inline constexpr std::chrono::minutes kPatient(10);

// The clock of these tests begins at noon, 29 May 1981.
inline void SetToNoon(FakeClock& clock) {
  clock.Advance(WallTime(std::chrono::hours(99'996)) - clock.Wall());
}

// The exporter with one account and without sockets: everything from the key to the responses to
// scrapes. Waiting takes no real time, as its clock is the test's. Reference arguments must outlive
// this.
class AccountUnderTest {
 public:
  AccountUnderTest(FakeClock& clock, const std::string& api_url,
                   const std::string& account = "acme",
                   std::chrono::milliseconds timeout = kPatient);

  void Start();
  // Scrapes, which starts a refresh unless the last one is recent enough. The scrape must succeed.
  Samples Scrape();
  Samples ScrapeAfter(std::chrono::seconds time) {
    clock_.Advance(time);
    return Scrape();
  }
  // The response to GET `path`.
  HttpResponse Get(const std::string& path);

  // The counters that are published now.
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
