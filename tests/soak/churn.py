#!/usr/bin/env python3
"""Runs an account whose runs each have a cluster of their own for 30 days: the series cap holds, and nothing grows.

    tests/soak/run.sh --churn

The simulator's clock stands still between scrapes and moves STEP_SECONDS before each. The exporter has its default flags,
except for delays in real time: a scrape refreshes at once (--refresh.min-interval), and a new series stays 0 until the
refresh after its first scrape (--metrics.zero-hold). This is checked:

* at each scrape: no more series are tracked than the cap allows, and no job is folded, since idle series make room; except
  for those of the first refresh, which reads a day at once;
* each day: the gauges of packages equal the simulator's truth;
* at the end: a second exporter on the ledger, without the label of clusters, shows the sums of all jobs exactly;
* after 30 days: the process has at most MOST_GROWTH times the memory that it had after 10 days, and a scrape as many times
  the bytes of the first day, on which the cap became full. Times are printed only.
"""

import argparse
import gzip
import os
import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import EndToEndTest, Samples, actual_job_samples, expected_job_samples, http
from jobs import count_from, sums_without

STEP_SECONDS = 1200
DAY = 86400
SHOWN_DAYS = (1, 7, 10, 15, 30)
MOST_GROWTH = 1.1
SCRAPES = 30  # of which the CPU time is measured
FLAGS = ("--metrics.zero-hold=1ms",)


def of_packages(samples):
    return {key: value for key, value in samples.items() if key[0].startswith("xplenty_package_")}


class Churn(EndToEndTest):
    options = None

    def runTest(self):
        options = self.options
        self.simulator_ = self.simulator(f"--jobs={options.jobs}", "--packages=20", "--seed=1")
        self.storage = self.folder()
        self.exporter_ = self.exporter(self.simulator_, *FLAGS, f"--metrics.max-series={options.max_series}",
                                       storage=self.storage).ready()
        self.figures = {}
        self.folded_at_first = None
        print(f"{'day':>4}{'jobs':>8}{'pairs':>7}{'RSS MiB':>9}{'scrape MB':>11}{'idle scrape ms CPU':>20}"
              f"{'step ms CPU':>13}{'ledger bytes/job':>18}{'wall s':>8}", flush=True)
        began = time.monotonic()
        self.scrape()
        for day in range(1, options.days + 1):
            cpu = self.cpu_seconds()
            for _ in range(DAY // STEP_SECONDS):
                self.simulator_.advance(STEP_SECONDS, live=True)
                text = self.scrape()
            step_cpu = (self.cpu_seconds() - cpu) / (DAY // STEP_SECONDS)
            truth, samples = self.check_packages(text)
            if day in SHOWN_DAYS or day == options.days:
                self.show(day, truth, samples, len(text), step_cpu, time.monotonic() - began)
        self.check_sums(truth)
        self.check_growth()

    def scrape(self):
        response = http("GET", self.exporter_.url + "/metrics", headers={"X-Prometheus-Scrape-Timeout-Seconds": "240",
                                                                         "Accept-Encoding": "gzip"})
        text = gzip.decompress(response.body)
        self.assertLessEqual(self.gauge(text, "tracked_series"), self.options.max_series)
        folded = self.gauge(text, "overflow_jobs_total")
        if self.folded_at_first is None:
            self.folded_at_first = folded
        self.assertEqual(folded, self.folded_at_first)
        return text

    @staticmethod
    def gauge(text, name):
        return float(re.search(rb"\nxplenty_exporter_" + name.encode() + rb"\{[^}]*\} (\S+)", text)[1])

    def check_packages(self, text):
        samples = Samples(text.decode())
        truth = self.simulator_.truth(count_from=count_from(samples))
        gauges = expected_job_samples({"series": [], "packages": truth["packages"]})
        self.assertEqual(of_packages(actual_job_samples(samples)), gauges)
        return truth, samples

    def check_sums(self, truth):
        """Checks that the ledger has all jobs, also those whose series are retired."""
        self.assertEqual(self.exporter_.stop(), 0)
        config = self.config("demo", metrics={"labels": {"cluster": {"value": "none"}}})
        whole = self.exporter(self.simulator_, "--metrics.zero-hold=0s", storage=self.storage, config=config).ready()
        self.assertEqual(sums_without((), whole.scrape()), sums_without(("cluster",), expected_job_samples(truth)))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.exporter_.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_bytes(self):
        pages = pathlib.Path(f"/proc/{self.exporter_.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def show(self, day, truth, samples, scrape_bytes, step_cpu, wall):
        cpu = self.cpu_seconds()
        for _ in range(SCRAPES):
            self.scrape()
        idle_cpu = (self.cpu_seconds() - cpu) / SCRAPES
        jobs = sum(sum(series["finished"].values()) for series in truth["series"])
        pairs = len(samples.family("xplenty_job_output_records_total"))
        ledger = sum(path.stat().st_size for path in pathlib.Path(self.storage).rglob("*.sqlite3"))
        self.figures[day] = {"rss": self.rss_bytes(), "scrape": scrape_bytes}
        print(f"{day:4}{jobs:8.0f}{pairs:7}{self.rss_bytes() / 2**20:9.1f}{scrape_bytes / 1e6:11.2f}{idle_cpu * 1e3:20.1f}"
              f"{step_cpu * 1e3:13.1f}{ledger / jobs:18.0f}{wall:8.0f}", flush=True)

    def check_growth(self):
        if self.options.days < 30:
            print("growth: not checked, as the run is too short")
            return
        grown = self.figures[30]["rss"] / self.figures[10]["rss"]
        print(f"memory after 30 days / after 10 days: {grown:.2f}, limit {MOST_GROWTH}")
        self.assertLessEqual(grown, MOST_GROWTH)
        self.assertLessEqual(self.figures[30]["scrape"], MOST_GROWTH * self.figures[1]["scrape"])


def main():
    parser = argparse.ArgumentParser(description="See the docstring of churn.py.")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=1000, help="a day")
    parser.add_argument("--max-series", type=int, default=50000)
    Churn.options = parser.parse_args()
    result = unittest.TextTestRunner(verbosity=0).run(Churn())
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
