"""The stored samples of a new series begin with 0, so that increase() sees its first event.

The zero-first delay is an hour here, and ends when Prometheus has stored the zeros.
Each test has a control group, an exporter with --metrics.zero-hold=0s and the same jobs, to show
that Prometheus would miss the event without the zero.
"""

import unittest

from harness import EndToEndTest, unix, wait_for
from jobs import CLUSTER, PACKAGE, finished, finished_count, iso, of_pair, unfinished
from prometheus_server import Prometheus

# One failed job of 60 s that waited 10 s and wrote 9 records.
RECORDS = 9
BY_EVENT = {
    'xplenty_jobs_finished_total{%s,status="failed"}': 1,
    'xplenty_job_runtime_seconds_count{%s,status="failed"}': 1,
    'xplenty_job_runtime_seconds_sum{%s,status="failed"}': 60,
    'xplenty_job_runtime_seconds_bucket{%s,status="failed",le="60.0"}': 1,
    "xplenty_job_wait_seconds_count{%s}": 1,
    "xplenty_job_output_records_total{%s}": RECORDS,
}


def pair_labels(number):
    return f"package-{number}", f"cluster-{number}"


def selectors(job, package, cluster):
    labels = f'job="{job}",package="{package}",cluster="{cluster}"'
    return {pattern % labels: amount for pattern, amount in BY_EVENT.items()}


class P6ZeroFirst(EndToEndTest):
    DELAYS = {"zero_first": "1h", "control": "0s"}

    def start(self):
        """Starts exporters by name; their first refreshes have ended, and all are scraped."""
        self.simulator_ = self.simulator()
        self.simulator_.post_jobs(finished(1))
        self.exporters = {}
        self.places = {name: {"storage": self.folder(), "listen": self.address()} for name in self.DELAYS}
        for name, delay in self.DELAYS.items():
            self.run_exporter(name, delay)
            self.exporters[name].scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        urls = {name: exporter.url for name, exporter in self.exporters.items()}
        self.prometheus = self._keep(Prometheus(self.folder(), urls))
        for name in self.DELAYS:
            self.wait_for_sample(name, PACKAGE["name"], CLUSTER["name"], "completed", 1)

    def run_exporter(self, name, delay):
        self.exporters[name] = self.exporter(
            self.simulator_, f"--metrics.zero-hold={delay}", **self.places[name]).ready()

    def end_delay(self, *numbers):
        """Ends the zero-first delay at the next scrape, once Prometheus has stored zeros of these package-clusters."""
        for number in numbers:
            self.wait_for_sample("zero_first", *pair_labels(number), "failed", 0)
        self.assertEqual(self.exporters["zero_first"].stop(), 0)
        self.run_exporter("zero_first", "1ms")

    def wait_for_sample(self, job, package, cluster, status, value):
        selector = (f'xplenty_jobs_finished_total{{job="{job}",package="{package}",'
                    f'cluster="{cluster}",status="{status}"}}')
        self.prometheus.await_value(selector, value)

    def post(self, *rows):
        self.simulator_.advance(5)
        now = unix(self.simulator_.now())
        self.simulator_.post_jobs(*({**row, "updated_at": iso(now)} for row in rows))
        return now

    def fail(self, job_id, **fields):
        now = unix(self.simulator_.now()) + 5
        self.post(finished(job_id, "failed", now, runtime=60, wait=10, records=[RECORDS], **fields))

    def assert_seen(self, job, package, cluster):
        """Checks that the series is 0 first and 1 last, and that increase() is exact."""
        self.wait_for_sample(job, package, cluster, "failed", 1)
        for selector, amount in selectors(job, package, cluster).items():
            with self.subTest(selector):
                values = [value for _, value in self.prometheus.stored(selector)]
                self.assertEqual((values[0], values[-1]), (0, amount), values)
                self.assertEqual(set(values), {0, amount}, values)
                self.assertAlmostEqual(self.prometheus.increase(selector), amount, places=6)

    def assert_missed(self, job, package, cluster):
        """Checks that the series has no other value than that of the event, which increase() does not see."""
        for selector, amount in selectors(job, package, cluster).items():
            with self.subTest(selector):
                # increase() needs two samples to have a result.
                stored = wait_for(lambda s=selector: len(v := self.prometheus.stored(s)) > 1 and v,
                                  "two scrapes of it")
                self.assertEqual({value for _, value in stored}, {amount})
                self.assertEqual(self.prometheus.increase(selector), 0)

    def test_single_failure_of_cluster_is_seen(self):
        self.start()
        first_seen_failed, lives = of_pair(1, 1), of_pair(2, 2)
        self.fail(11, **first_seen_failed)
        created = self.post(unfinished(12, **lives))
        labels = pair_labels(2)
        for job in self.exporters:
            self.wait_for_sample(job, *labels, "failed", 0)
        self.post(unfinished(12, "running", created, started=created, **lives))
        self.fail(12, **lives)
        self.fail(13)  # the package-cluster has only completed jobs so far
        self.end_delay(1)

        self.assert_seen("zero_first", *pair_labels(1))
        self.assert_missed("control", *pair_labels(1))
        # The series of the three statuses began with the unfinished job, so no zero-first delay is needed.
        for job in self.exporters:
            self.assert_seen(job, *labels)
            failed = (f'xplenty_jobs_finished_total{{job="{job}",package="sales",'
                      'cluster="etl",status="failed"}')
            self.wait_for_sample(job, "sales", "etl", "failed", 1)
            self.assertEqual(self.prometheus.stored(failed)[0][1], 0)
            self.assertAlmostEqual(self.prometheus.increase(failed), 1, places=6)

    def test_kill_does_not_skip_the_zero(self):
        """Kills after the zero is scraped, after the event is read but not scraped, and before either."""
        self.start()
        self.fail(11, **of_pair(1, 1))
        self.wait_for_sample("zero_first", *pair_labels(1), "failed", 0)
        for exporter in self.exporters.values():
            exporter.kill()
        unscraped = self.exporter(self.simulator_, "--metrics.zero-hold=1h",
                                  storage=self.places["zero_first"]["storage"]).ready()
        self.fail(12, **of_pair(2, 2))
        unscraped.scrape_until(lambda s: finished_count(s, "failed", *pair_labels(2)) == 0,
                               "the event to be in the ledger")
        unscraped.kill()
        self.fail(13, **of_pair(3, 3))  # while there is no exporter
        for name, delay in self.DELAYS.items():
            self.run_exporter(name, delay)
        self.end_delay(1, 2, 3)
        for number in (1, 2, 3):
            self.assert_seen("zero_first", *pair_labels(number))
            self.assert_missed("control", *pair_labels(number))


if __name__ == "__main__":
    unittest.main()
