"""A first refresh of thousands of jobs, whose pages are requested in parallel."""

import unittest

from harness import EndToEndTest
from jobs import HighWater, assert_exact


class ParallelPages(EndToEndTest):
    def read(self, *simulator_args, **faults):
        simulator = self.simulator("--jobs=3000", "--packages=9", "--reuse-clusters", "--clusters=3", *simulator_args)
        simulator.faults(**faults)
        exporter = self.exporter(simulator, "--refresh.min-interval=100ms", storage=self.folder())
        exporter.serving()
        water = HighWater(self)
        samples = exporter.scrape_until(
            lambda s: water.see(s).value("xplenty_up") == 1, "a whole refresh")
        assert_exact(self, simulator, samples)
        return simulator

    def statuses(self, simulator):
        return {r["status"] for r in simulator.requests()["list"]}

    def test_every_job_is_counted_once(self):
        simulator = self.read(latency_ms=20)
        self.assertLessEqual(simulator.requests()["total"], 6 + 32 + 17)

    def test_a_small_limit_is_not_reached(self):
        self.assertEqual(self.statuses(self.read("--rate-limit=100")), {200})

    def test_exact_while_parallel_requests_fail(self):
        simulator = self.read(status={"503": 0.1}, close=0.05, cut_body=0.05, move_rows=0.3)
        self.assertIn(503, self.statuses(simulator))

    def test_waits_after_429(self):
        simulator = self.read(status={"429": 0.1}, retry_after="1")
        self.assertIn(429, self.statuses(simulator))


if __name__ == "__main__":
    unittest.main()
