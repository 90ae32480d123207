#!/usr/bin/env python3
"""Runs a changing account for days in an hour, with faults and restarts: the counters stay true.

    tests/soak/run.sh --minutes 60 --seed 7

The simulator's clock runs SPEED times as fast as real time, and the exporter is scraped each tick.
Meanwhile faults come and go, our own rows are touched, vanish and reopen (disturbances.py), and the
exporter is ended by SIGTERM or SIGKILL and started again. This is checked:

* at each scrape: its status is 200, and no counter is lower than it ever was, across restarts too;
  after the first checkpoint, no more file descriptors are open than connections and files explain;
* at checkpoints, every ten minutes and at the end, with the clock and the rows standing still and
  without faults: every counter and gauge that is shown becomes the simulator's truth; the idle
  exporter has as many descriptors open as at any other checkpoint; it exits with 0; and a second
  exporter on its ledger, with unlimited retention, shows the whole truth and nothing else;
* at the end of a run of two minutes or more: memory is flat. The median of the last quarter's
  scrapes may exceed the median of the second quarter's by a tenth, and by what the jobs and series
  that are new since then need: PAIR_BYTES for a package-cluster, of which 3,000 were measured, and
  JOB_BYTES for a job. Scrapes of a process that has just started are left out.

The speed means: a tick of a second is twelve minutes of the account. Most jobs live for less than a
tick, the longest for some ticks; the overlap (2 h) is ten ticks, the lookback (24 h) two minutes,
and an idle package-cluster is retired after one minute. The exporter's own clock is real time: a
reconcile begins 5 s after the last one, and a new series stays 0 for 2 s.
"""

import argparse
import pathlib
import random
import statistics
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import EndToEndTest, actual_job_samples, expected_job_samples, unix, wait_for
from jobs import HighWater, anomalies, assert_exact, count_from
from disturbances import Faults, Rows

SPEED = 720
JOBS_A_DAY = 2000
LOOKBACK_SECONDS = 86400
MAX_CONNECTIONS = 8
CHECKPOINT_SECONDS = 600
SCRAPE_TIMEOUT_SECONDS = 2
# All connections, one to the API, one that is being made, a file of /proc, the ledger's journal.
EXTRA_DESCRIPTORS = MAX_CONNECTIONS + 4
WARM_UP_TICKS = 10
PAIR_BYTES, JOB_BYTES = 5000, 20
RECOVERY_SECONDS = 240  # a refused key is tried once a minute, and sanitizers are slow

FLAGS = (
    "--refresh.overlap=2h",
    "--refresh.reconcile-interval=5s",
    "--api.timeout=1s",
    f"--web.max-connections={MAX_CONNECTIONS}",
)
LIVING = (*FLAGS, "--metrics.zero-hold=2s", "--metrics.series-retention=12h",
          "--refresh.lookback=24h")
# The archive shows every series that ever existed, at once.
ARCHIVE = (*FLAGS, "--metrics.zero-hold=0s", "--metrics.series-retention=3650d",
           "--metrics.max-series=100000000", "--refresh.lookback=24h")


class Soak(EndToEndTest):
    options = None

    def runTest(self):
        options = self.options
        self.chance = random.Random(options.seed)
        self.seconds = options.minutes * 60
        self.simulator_ = self.simulator(f"--speed={SPEED}", f"--jobs={JOBS_A_DAY}",
                                         "--packages=6", "--reuse-clusters", "--clusters=2", f"--seed={options.seed}")
        self.water = HighWater(self)
        self.storage = self.folder()
        self.scrapes = self.restarts = self.kills = self.requests = self.refused = 0
        self.idle_descriptors = None
        self.memory = []  # (seconds passed, bytes, jobs counted, package-clusters) of warm processes
        begin = unix(self.simulator_.now())
        self.start()  # the ledger is created before any fault
        self.exporter_.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        self.rows = Rows(self.simulator_, self.chance)
        self.faults = Faults(self.simulator_, self.chance, options.minutes >= 5)
        self.began = time.monotonic()
        next_checkpoint = CHECKPOINT_SECONDS
        while (passed := time.monotonic() - self.began) < self.seconds:
            if passed >= next_checkpoint:
                self.checkpoint()
                next_checkpoint += CHECKPOINT_SECONDS
                self.simulator_.control("POST", "/_clock", {"speed": SPEED})
                self.start()
            self.tick(passed)
        samples = self.checkpoint()
        self.days = (unix(self.simulator_.now()) - begin) / 86400
        self.summary(samples)
        self.check_memory()

    def start(self):
        self.exporter_ = self.exporter(self.simulator_, *LIVING, storage=self.storage).ready()
        self.age = 0

    def tick(self, passed):
        end = time.monotonic() + self.options.interval
        self.faults.tick()
        self.rows.tick()
        self.scrape(passed)
        if self.chance.random() < self.options.interval / min(30, self.seconds / 8):
            self.restart()
        time.sleep(max(0, end - time.monotonic()))  # scrapes keep their interval

    def scrape(self, passed):
        samples = self.water.see(self.exporter_.scrape(SCRAPE_TIMEOUT_SECONDS), complete=False)
        self.scrapes += 1
        self.age += 1
        if self.idle_descriptors:
            limit = self.idle_descriptors + EXTRA_DESCRIPTORS
            self.assertLessEqual(samples.value("process_open_fds"), limit)
        if self.age > WARM_UP_TICKS:
            finished = [k for k in self.water.highest if k[0] == "xplenty_jobs_finished_total"]
            jobs = sum(self.water.highest[k] for k in finished)
            resident = samples.value("process_resident_memory_bytes")
            self.memory.append((passed, resident, jobs, len(finished) / 3))

    def restart(self):
        if self.chance.random() < 0.5:
            self.end()
            self.restarts += 1
        else:
            self.exporter_.kill()
            self.kills += 1
        # The API may fail at this time, so the exporter need not become ready.
        self.exporter_ = self.exporter(self.simulator_, *LIVING, storage=self.storage).serving()
        self.age = 0

    def end(self):
        self.assertEqual(self.exporter_.stop(), 0, self.exporter_.output())

    def checkpoint(self):
        self.faults.clear()
        self.rows.refinish()
        self.simulator_.control("POST", "/_clock", {"speed": 0})
        self.requests += self.simulator_.requests()["total"]
        self.simulator_.forget_requests()
        count_from_ = count_from(self.exporter_.scrape())
        truth = self.simulator_.truth(LOOKBACK_SECONDS, count_from_)
        expected = expected_job_samples(truth)

        def wrong():
            samples = self.water.see(self.exporter_.scrape(), complete=False)
            actual = actual_job_samples(samples)
            return [(key, expected.get(key), value) for key, value in actual.items()
                    if expected.get(key) != value] or not actual

        try:
            wait_for(lambda: not wrong(), "the samples to be true", RECOVERY_SECONDS)
        except AssertionError as error:
            up = self.exporter_.scrape().value("xplenty_up")
            raise AssertionError(f"{error}: up {up}, (sample, truth, shown) {wrong()[:20]}\n"
                                 + self.exporter_.output()) from error
        self.check_idle_descriptors()
        self.end()
        archive = self.exporter(self.simulator_, *ARCHIVE, storage=self.storage).ready()
        archive.scrape_until(lambda s: s.value("xplenty_up") == 1, "the API to be up")
        samples = self.water.see(archive.scrape())
        assert_exact(self, self.simulator_, samples, LOOKBACK_SECONDS)
        self.assertEqual(archive.stop(), 0)
        return samples

    def check_idle_descriptors(self):
        """Checks the descriptors between scrapes: files, the listener, at most a kept connection to the API."""
        if self.idle_descriptors is None:
            self.idle_descriptors = len(self.exporter_.open_files())
        wait_for(lambda: len(self.exporter_.open_files()) == self.idle_descriptors,
                 f"{self.idle_descriptors} descriptors, as at the first checkpoint")

    def summary(self, samples):
        jobs = sum(samples.family("xplenty_jobs_finished_total").values())
        resident = [m[1] / 2**20 for m in self.memory] or [0]
        lines = {
            "simulated days": round(self.days, 1),
            "jobs counted": int(jobs),
            "package-clusters": len(samples.family("xplenty_job_output_records_total")),
            "scrapes": self.scrapes,
            "requests": self.requests,
            "restarts, kills": (self.restarts, self.kills),
            "faults": self.faults.counts,
            "rows of our own": self.rows.counts,
            "anomalies": anomalies(samples),
            "resident MiB": f"{min(resident):.1f} to {max(resident):.1f}",
            "descriptors when idle": self.idle_descriptors,
        }
        for name, value in lines.items():
            print(f"{name + ':':24}{value}")

    def check_memory(self):
        second = [m for m in self.memory if self.seconds / 4 <= m[0] < self.seconds / 2]
        last = [m for m in self.memory if m[0] >= self.seconds * 3 / 4]
        if self.options.minutes < 2 or len(second) < 10 or len(last) < 10:
            print("memory: not checked, as the run is too short")
            return
        before, after = ([statistics.median(column) for column in zip(*samples)]
                         for samples in (second, last))
        jobs, pairs = after[2] - before[2], after[3] - before[3]
        limit = before[1] * 1.1 + jobs * JOB_BYTES + pairs * PAIR_BYTES
        grown = after[1] - before[1]
        print(f"memory: {before[1] / 2**20:.1f} MiB in the second quarter, {after[1] / 2**20:.1f} "
              f"in the last, limit {limit / 2**20:.1f}: {grown:+.0f} bytes for {jobs:.0f} jobs, "
              f"{pairs:.0f} package-clusters")
        self.assertLessEqual(after[1], limit)


def main():
    parser = argparse.ArgumentParser(description="See the docstring of soak.py.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--interval", type=float, default=1, help="seconds between scrapes")
    Soak.options = parser.parse_args()
    print(f"seed: {Soak.options.seed}", flush=True)
    result = unittest.TextTestRunner(verbosity=0).run(Soak())
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
