"""Exemplars link a counter and a bucket to a job, also through a real Prometheus."""

import unittest

import jobs
from harness import EndToEndTest, wait_for
from prometheus_server import Prometheus

OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0"}
COUNTER = 'xplenty_jobs_finished_total{status="failed"}'
BUCKET = 'xplenty_job_runtime_seconds_bucket{status="failed"}'


class Exemplars(EndToEndTest):
    def exporter_of(self, *rows, flags=(), **options):
        self.api = self.simulator()
        self.api.post_jobs(*rows)
        return self.exporter(self.api, *flags, **options).ready()

    def exemplars(self, exporter):
        return [line for line in exporter.get(headers=OPENMETRICS).text.splitlines() if " # {" in line]

    def test_a_restart_shows_the_same(self):
        folder = self.folder()
        rows = [jobs.finished(100 + i, "failed", jobs.NOW - i, runtime=7 ** i) for i in range(5)]
        exporter = self.exporter_of(*rows, storage=folder)
        before = self.exemplars(exporter)
        self.assertEqual(len(before), 1 + 4)  # 1 and 7 share the bucket of 10
        exporter.kill()
        again = self.exporter(self.api, storage=folder).ready()
        self.assertEqual(self.exemplars(again), before)

    def test_the_text_format_has_none(self):
        exporter = self.exporter_of(jobs.finished(157, "failed", runtime=31))
        self.assertNotIn(" # {", exporter.get().text)

    def test_zero_first_series_has_no_exemplar(self):
        exporter = self.exporter_of(flags=("--metrics.zero-hold=1h",), storage=self.folder())
        exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        self.api.post_jobs(jobs.finished(157, "failed", runtime=31))
        exporter.scrape_until(lambda s: s.value("xplenty_jobs_finished_total", status="failed") == 0, "its zero")
        self.assertEqual(self.exemplars(exporter), [])

    def test_prometheus_gives_them_back(self):
        exporter = self.exporter_of(jobs.finished(157, "failed", runtime=31), storage=self.folder())
        prometheus = self._keep(
            Prometheus(self.folder(), {"xplenty": exporter.url}, features=["exemplar-storage"])
        )
        for selector, bound in ((COUNTER, None), (BUCKET, "60.0")):
            (found,) = wait_for(lambda s=selector: prometheus.exemplars(s), f"the exemplar of {selector}")
            labels, exemplar = found
            self.assertEqual(labels.get("le"), bound)
            self.assertEqual(exemplar["labels"], {"job_id": "157"})
            self.assertEqual(float(exemplar["value"]), 31)
            self.assertEqual(float(exemplar["timestamp"]), jobs.NOW)


if __name__ == "__main__":
    unittest.main()
