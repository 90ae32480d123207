"""Every query of every dashboard has data in a real Prometheus, with classic and with native histograms."""

import json
import time
import unittest

import dashboard_queries
import jobs
from harness import EndToEndTest, wait_for
from prometheus_server import Prometheus, rules_each_second

PACKAGE = jobs.PACKAGE["name"]


class Dashboards(EndToEndTest):
    def setUp(self):
        self.now = int(time.time())
        self.api = self.simulator(f"--start-time={jobs.iso(self.now)}")
        self.api.post_jobs(
            *(jobs.finished(100 + i, at=self.now - 600 * i, records=[1000]) for i in range(1, 4)),
            jobs.finished(110, "stopped", at=self.now - 500),
            jobs.finished(111, "failed", at=self.now - 400),
            jobs.unfinished(120, "queued", at=self.now - 60),
            jobs.unfinished(
                121, "running", at=self.now - 90, started=self.now - 80, progress=0.4, outputs=jobs.outputs(500)
            ),
        )

    def start(self, folder, listen):
        config = self.config(
            {"id": "demo", "expected_intervals": {PACKAGE: "1h"}},
            metrics={"per_job": True},
        )
        return self.exporter(
            self.api, "--metrics.native-histograms", storage=folder, config=config, listen=listen
        ).ready()

    def finish_more(self, prometheus):
        """Finishes more jobs, which Prometheus sees as increases, since the series exist already."""
        prometheus.await_value('sum(xplenty_jobs_finished_total{status="completed"})', 3)
        self.api.post_jobs(
            jobs.finished(130, at=self.now, records=[800]),
            jobs.finished(131, "failed", at=self.now),
        )

    def check(self, *features):
        folder = self.folder()
        exporter = self.start(folder, self.address())
        rules = rules_each_second(self.folder())
        prometheus = self._keep(Prometheus(self.folder(), {"xplenty": exporter.url}, features=features, rules=rules))
        self.finish_more(prometheus)
        # The annotation on restarts needs a restart.
        prometheus.await_value("sum(xplenty_jobs_finished_total)", 7)
        self.assertEqual(exporter.stop(), 0)
        self.start(folder, exporter.url.removeprefix("http://"))

        # A query about changes has data only for a while, so each query runs until it has had data once.
        waiting = dashboard_queries.without_data(prometheus.url)

        def all_had_data():
            waiting.intersection_update(dashboard_queries.without_data(prometheus.url))
            return not waiting

        try:
            wait_for(all_had_data, "every query to have data")
        except AssertionError:
            self.fail(json.dumps(sorted(waiting), indent=1))
        return prometheus

    def test_with_classic_histograms(self):
        prometheus = self.check("exemplar-storage")
        self.assertTrue(prometheus.exemplars("xplenty_job_runtime_seconds_bucket"))

    def test_with_native_histograms(self):
        prometheus = self.check("exemplar-storage", "native-histograms")
        # Without this the test would not prove anything about native histograms.
        self.assertEqual(prometheus.api("query", query="xplenty_job_runtime_seconds_bucket")["result"], [])


if __name__ == "__main__":
    unittest.main()
