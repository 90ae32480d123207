"""Without storage all replicas count the same: the jobs of this day (UTC)."""

import unittest

from harness import EndToEndTest, actual_job_samples, unix
from jobs import (CLUSTER, NOW, PACKAGE, assert_exact, count_from, counters, finished,
                  finished_count)
from prometheus_server import Prometheus

DAY = 86400
# Whole days of rows fit into it, so that the truth has no row that the exporter does not read.
LOOKBACK = 3 * DAY
PATIENT = 120  # seconds that a scrape may wait for a refresh of all days


class P4CountFrom(EndToEndTest):
    def replica(self, simulator):
        return self.exporter(simulator, f"--refresh.lookback={LOOKBACK}s").ready()

    def test_the_count_begins_at_midnight_utc(self):
        simulator = self.simulator()
        midnight = NOW - NOW % DAY
        simulator.post_jobs(finished(1, at=midnight - 1), finished(2, at=midnight),
                            finished(3, at=NOW))
        samples = self.exporter(simulator).ready().scrape(PATIENT)
        self.assertEqual(count_from(samples), midnight)
        self.assertEqual(finished_count(samples), 2)
        assert_exact(self, simulator, samples)

    def test_replicas_of_any_age_agree(self):
        simulator = self.simulator("--jobs=800", "--packages=8", "--reuse-clusters")
        first = self.replica(simulator)
        early = first.scrape(PATIENT)
        simulator.advance(3600, live=True)
        second = self.replica(simulator)
        of_first, of_second = first.scrape(PATIENT), second.scrape(PATIENT)
        self.assertNotEqual(counters(early), counters(of_first))
        self.assertEqual(actual_job_samples(of_first), actual_job_samples(of_second))
        assert_exact(self, simulator, of_first, LOOKBACK)

        first.kill()
        restarted = self.replica(simulator).scrape(PATIENT)
        self.assertEqual(actual_job_samples(restarted), actual_job_samples(of_second))

    def test_midnight_resets_all_replicas(self):
        simulator = self.simulator("--jobs=800", "--packages=8", "--reuse-clusters")
        first = self.replica(simulator)
        first.scrape(PATIENT)
        for _ in range(2):
            to_midnight = DAY - unix(simulator.now()) % DAY
            simulator.advance(to_midnight - 1, live=True)
            last = first.scrape(PATIENT)
            assert_exact(self, simulator, last, LOOKBACK)
            simulator.advance(601, live=True)
            new_midnight = unix(simulator.now()) - 600
            samples = first.scrape(PATIENT)
            self.assertEqual(count_from(samples), new_midnight)
            self.assertEqual(count_from(last), new_midnight - DAY)
            assert_exact(self, simulator, samples, LOOKBACK)
            second = self.replica(simulator)
            self.assertEqual(actual_job_samples(second.scrape(PATIENT)), actual_job_samples(samples))
            second.kill()

    def test_increase_over_midnight_is_exact(self):
        simulator = self.simulator()
        ids = iter(range(1, 100))

        def finish(jobs):
            simulator.advance(30)
            now = unix(simulator.now())
            simulator.post_jobs(*(finished(next(ids), at=now, runtime=60, records=[7])
                                  for _ in range(jobs)))

        finish(3)
        replicas = {name: self.replica(simulator) for name in ("first", "second")}
        prometheus = self._keep(
            Prometheus(self.folder(), {name: r.url for name, r in replicas.items()}))
        labels = f'package="{PACKAGE["name"]}",cluster="{CLUSTER["name"]}"'

        def wait_for_count(count):
            for name in replicas:
                selector = (f'xplenty_jobs_finished_total{{job="{name}",{labels},'
                            'status="completed"}')
                prometheus.await_value(selector, count)

        wait_for_count(3)
        finish(4)
        wait_for_count(7)
        simulator.advance(DAY - unix(simulator.now()) % DAY)
        finish(2)  # the first jobs of the new day
        wait_for_count(2)
        finish(1)
        wait_for_count(3)
        self.assertEqual(count_from(replicas["first"].scrape(PATIENT)), NOW - NOW % DAY + DAY)
        for name in replicas:
            for family, each in {
                'xplenty_jobs_finished_total{%s,status="completed"}': 1,
                'xplenty_job_runtime_seconds_count{%s,status="completed"}': 1,
                'xplenty_job_runtime_seconds_sum{%s,status="completed"}': 60,
                "xplenty_job_wait_seconds_count{%s}": 1,
                "xplenty_job_output_records_total{%s}": 7,
            }.items():
                selector = family % f'job="{name}",{labels}'
                with self.subTest(selector):
                    values = [value / each for _, value in prometheus.stored(selector)]
                    distinct = [v for i, v in enumerate(values) if i == 0 or values[i - 1] != v]
                    self.assertEqual(distinct, [3, 7, 2, 3])
                    # Prometheus cannot count the first three: they existed at its first scrape.
                    self.assertAlmostEqual(prometheus.increase(selector) / each, 4 + 3, places=2)


if __name__ == "__main__":
    unittest.main()
