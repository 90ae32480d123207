"""Quantiles of runtimes in a real Prometheus: from buckets, and from native histograms in protobuf."""

import math
import unittest

import jobs
from harness import EndToEndTest, wait_for
from prometheus_server import Prometheus

PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
RUNTIMES = [3, 45, 50, 55, 58, 59, 60, 200, 4000, 90000]
LABELS = 'status="completed"'


class NativeHistograms(EndToEndTest):
    def setUp(self):
        self.api = self.simulator()
        rows = [jobs.finished(100 + i, runtime=runtime) for i, runtime in enumerate(RUNTIMES)]
        self.api.post_jobs(*rows)

    def exporter_with(self, *flags):
        return self.exporter(self.api, *flags, storage=self.folder()).ready()

    def prometheus(self, exporter, *features):
        return self._keep(Prometheus(self.folder(), {"xplenty": exporter.url}, features=features))

    def median(self, prometheus, expression):
        query = f"histogram_quantile(0.5, {expression})"
        return wait_for(lambda: prometheus.value(query), query)

    def test_protobuf_needs_the_flag(self):
        accept = {"Accept": f"{PROTOBUF},text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
        response = self.exporter_with().get(headers=accept)
        self.assertEqual(response.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        response = self.exporter_with("--metrics.native-histograms").get(headers=accept)
        self.assertEqual(response.headers["Content-Type"], PROTOBUF.replace(";", "; "))
        self.assertEqual(response.headers["Vary"], "Accept, Accept-Encoding")

    def test_the_median_comes_from_the_buckets(self):
        exporter = self.exporter_with("--metrics.native-histograms")
        prometheus = self.prometheus(exporter)
        median = self.median(prometheus, f"xplenty_job_runtime_seconds_bucket{{{LABELS}}}")
        self.assertTrue(30 < median <= 60, median)  # the bucket up to 60

    def test_native_median_is_closer(self):
        exporter = self.exporter_with("--metrics.native-histograms")
        prometheus = self.prometheus(exporter, "exemplar-storage", "native-histograms")
        name = f"xplenty_job_runtime_seconds{{{LABELS}}}"
        median = self.median(prometheus, name)
        self.assertTrue(58 / 2**0.125 < median < 58 * 2**0.125, median)
        prometheus.await_value(f"histogram_count({name})", len(RUNTIMES))
        prometheus.await_value(f"histogram_sum({name})", sum(RUNTIMES))
        bounds = self.buckets(prometheus, name)
        for runtime in RUNTIMES:
            self.assertTrue(any(low < runtime <= high * 1.000001 for low, high, _ in bounds), runtime)
        self.assertEqual(sum(count for _, _, count in bounds), len(RUNTIMES))
        # Counters and gauges are in the same response.
        prometheus.await_value(f"xplenty_jobs_finished_total{{{LABELS}}}", len(RUNTIMES))
        prometheus.await_value("histogram_count(xplenty_job_wait_seconds)", len(RUNTIMES))
        empty = 'histogram_count(xplenty_job_runtime_seconds{status="failed"})'
        prometheus.await_value(empty, 0)
        found = wait_for(lambda: prometheus.exemplars(f"xplenty_jobs_finished_total{{{LABELS}}}"), "exemplars")
        self.assertEqual(found[0][1]["labels"], {"job_id": str(99 + len(RUNTIMES))})

    def buckets(self, prometheus, name):
        """[(lower bound, upper bound, count)] of a native histogram."""
        (series,) = wait_for(lambda: prometheus.api("query", query=name)["result"], name)
        buckets = series["histogram"][1]["buckets"]
        self.assertTrue(all(math.isfinite(float(high)) for _, _, high, _ in buckets))
        return [(float(low), float(high), float(count)) for _, low, high, count in buckets]


if __name__ == "__main__":
    unittest.main()
