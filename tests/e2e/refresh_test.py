"""The requests of a refresh, the clock that it uses, and what is shown while no refresh succeeds."""

import time
import unittest

from harness import EndToEndTest, wait_for
from jobs import (NOW, assert_exact, count_from, counters, finished, finished_count, jobs_gauge,
                  unfinished)


class Budget(EndToEndTest):
    def test_a_small_budget_spreads_refreshes_out(self):
        simulator = self.simulator("--jobs=50", "--rate-limit=30")  # the next request is allowed after minutes
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        for _ in range(2):  # one costly refresh, like the first, does not count as usual
            self.assertEqual(exporter.scrape().value("xplenty_up"), 1)
        simulator.forget_requests()
        for _ in range(20):
            self.assertEqual(exporter.scrape().value("xplenty_up"), 1)
        self.assertEqual(simulator.requests()["total"], 0)

    def test_the_limit_is_never_reached(self):
        """A reserve is kept, as the service blocks an account that exceeds the limit."""
        simulator = self.simulator("--jobs=50", "--rate-limit=5")
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        for _ in range(3):
            samples = exporter.scrape(timeout_seconds=1)
            self.assertEqual(samples.value("xplenty_up"), 0)
        self.assertEqual({r["status"] for r in simulator.requests()["list"]}, {200})
        self.assertGreaterEqual(samples.value("xplenty_api_rate_limit_remaining"), 1)


class P4ServerClock(EndToEndTest):
    def test_count_from_uses_server_clock(self):
        simulator = self.simulator()
        simulator.faults(clock_skew_seconds=-7200)
        edge = NOW - 7200 - 86400
        simulator.post_jobs(finished(1, at=edge - 1), finished(2, at=edge))
        samples = self.exporter(simulator, storage=self.folder()).ready().scrape()
        self.assertEqual(count_from(samples), edge)
        self.assertEqual(finished_count(samples), 1)

    def test_without_date_local_clock_counts(self):
        simulator = self.simulator()
        simulator.faults(no_date=True)
        before = int(time.time())
        samples = self.exporter(simulator, storage=self.folder()).ready().scrape()
        self.assertTrue(before <= count_from(samples) + 86400 <= time.time())


class P7StateWhileTheApiFails(EndToEndTest):
    def test_all_is_kept_until_stale(self):
        simulator = self.simulator()
        simulator.post_jobs(finished(1, records=[5]), unfinished(2, "running", started=NOW))
        exporter = self.exporter(simulator, "--metrics.stale-after=1h", storage=self.folder())
        good = exporter.ready().scrape()
        assert_exact(self, simulator, good)
        simulator.faults(html=1)
        simulator.post_jobs(finished(2), finished(3))

        def failed():
            samples = exporter.scrape()
            self.assertEqual(counters(samples), counters(good))
            self.assertEqual(samples.family("xplenty_jobs"), good.family("xplenty_jobs"))
            self.assertEqual(jobs_gauge(samples, "running"), 1)
            errors = samples.value("xplenty_exporter_refresh_errors_total", reason="parse")
            return samples.value("xplenty_up") == 0 and errors >= 3

        wait_for(failed, "three failed refreshes")
        simulator.clear_faults()
        samples = exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the API to be up")
        assert_exact(self, simulator, samples)


if __name__ == "__main__":
    unittest.main()
