"""Which series are shown: idle series are retired and come back with their values, within the cap."""

import unittest

from harness import EndToEndTest, unix, wait_for
from jobs import (CLUSTER, PACKAGE, HighWater, count_from, counters, finished, finished_count, iso,
                  of_pair, unfinished)
from prometheus_server import Prometheus

FINISHED = "xplenty_jobs_finished_total"
HOUR = 3600
# The numbers of docs/metrics.md: for a package-cluster, and for a package in addition.
PER_PAIR, PER_PACKAGE = 77, 10


def shown(samples):
    """The package-clusters that have counters."""
    return {(dict(ls)["package"], dict(ls)["cluster"]) for ls in samples.family(FINISHED)}


def tracked(samples):
    return samples.value("xplenty_exporter_tracked_series")


def packages(samples):
    family = samples.family("xplenty_package_last_finish_timestamp_seconds")
    return {dict(labels)["package"] for labels in family}


class SeriesTest(EndToEndTest):
    def begin(self, *flags, rows=()):
        self.simulator_ = self.simulator()
        if rows:
            self.simulator_.post_jobs(*rows)
        self.flags = flags
        self.storage = self.folder()
        self.water = HighWater(self)
        self.exporter_ = self.exporter(self.simulator_, *flags, storage=self.storage).ready()
        return self.scrape()

    def scrape(self):
        """Scrapes; series may be missing, but none may have fallen."""
        return self.water.see(self.exporter_.scrape(), complete=False)

    def restart(self, *flags):
        self.exporter_.kill()
        self.exporter_ = self.exporter(self.simulator_, *(flags or self.flags),
                                       storage=self.storage).ready()
        return self.scrape()

    def now(self):
        return unix(self.simulator_.now())

    def post(self, *rows):
        """Posts rows that are updated now, and scrapes."""
        now = self.now()
        self.simulator_.post_jobs(*({**row, "updated_at": iso(now)} for row in rows))
        return self.scrape()


class P3RetiredSeries(SeriesTest):
    FLAGS = ("--metrics.series-retention=2h", "--refresh.lookback=1h")
    LABELS = (PACKAGE["name"], CLUSTER["name"])

    def test_retired_series_returns_no_lower(self):
        busy, kept = of_pair(1, 1), of_pair(2, 2)
        samples = self.begin(*self.FLAGS, rows=[finished(1, records=[5]), finished(2, "failed")])
        before = {key: value for key, value in counters(samples).items()
                  if ("cluster", CLUSTER["name"]) in key[1]}
        self.post(unfinished(3, "running", started=self.now(), **busy), finished(4, **kept))
        for step in range(1, 6):
            self.simulator_.advance(HOUR)
            samples = self.post(finished(10 + step, at=self.now(), **kept))
            # Series retire within a sixteenth of the retention.
            self.assertEqual(self.LABELS in shown(samples), step <= 2, f"after {step} h")
            self.assertIn(("package-1", "cluster-1"), shown(samples))  # has an unfinished job
            self.assertIn(("package-2", "cluster-2"), shown(samples))  # has jobs that finish now and then
            self.assertIn(PACKAGE["name"], packages(samples))
        gone = [key for key in samples if ("cluster", CLUSTER["name"]) in key[1]]
        self.assertEqual(gone, [])
        self.assertEqual(tracked(samples), 2 * PER_PAIR + 3 * PER_PACKAGE)
        samples = self.restart()
        self.assertNotIn(self.LABELS, shown(samples))
        self.assertIn(PACKAGE["name"], packages(samples))

        samples = self.post(finished(20, "failed", at=self.now(), records=[7]))
        after = counters(samples)
        self.assertEqual({key: after[key] for key in before}.keys(), before.keys())
        self.assertEqual(finished_count(samples), 1)
        self.assertEqual(finished_count(samples, "failed"), 2)
        self.assertEqual(samples.value("xplenty_job_output_records_total", cluster="etl"), 12)
        self.assertEqual(finished_count(self.restart(), "failed"), 2)

    def test_increase_sees_the_returning_event(self):
        self.simulator_ = self.simulator()
        self.simulator_.post_jobs(finished(1, "failed"), finished(2, "failed"))
        delays = {"zero_first": "1h", "control": "0s"}
        places = {name: {"storage": self.folder(), "listen": self.address()} for name in delays}

        def run(name, delay):
            flags = (*self.FLAGS, f"--metrics.zero-hold={delay}")
            return self.exporter(self.simulator_, *flags, **places[name]).ready()

        exporters = {name: run(name, delay) for name, delay in delays.items()}
        prometheus = self._keep(
            Prometheus(self.folder(), {name: e.url for name, e in exporters.items()}))
        selectors = {name: f'{FINISHED}{{job="{name}",status="failed"}}' for name in exporters}

        def wait_for_value(name, value):
            prometheus.await_value(selectors[name], value)

        for name in exporters:
            wait_for_value(name, 2)
        self.simulator_.advance(3 * HOUR)
        for name in exporters:
            wait_for_value(name, None)
        left = float(prometheus.api("query", query="time()")["result"][1])
        self.simulator_.post_jobs(finished(3, "failed", at=self.now()))
        wait_for_value("zero_first", 2)
        self.assertEqual(exporters["zero_first"].stop(), 0)
        run("zero_first", "1ms")
        for name, selector in selectors.items():
            wait_for_value(name, 3)
            wait_for(lambda s=selector: sum(t > left for t, _ in prometheus.stored(s)) > 1,
                     "two scrapes of it")
            values = [value for time, value in prometheus.stored(selector) if time > left]
            self.assertEqual(values[0], 2 if name == "zero_first" else 3)
            self.assertEqual(set(values), {2, 3} if name == "zero_first" else {3})
            increase = prometheus.increase(selector, since=left)
            # The value is extrapolated over the millisecond of the window without a sample.
            self.assertAlmostEqual(increase, 1 if name == "zero_first" else 0, places=2)


class P1SeriesCap(SeriesTest):
    CAP = 1000
    FLAGS = (f"--metrics.max-series={CAP}",)
    ROOM = CAP // (PER_PAIR + PER_PACKAGE)  # package-clusters of different packages
    BEYOND = PER_PAIR  # the series of "other"

    def check(self, samples):
        """Checks that the cap is kept, and that all series together equal the simulator's truth."""
        self.assertLessEqual(tracked(samples), self.CAP + self.BEYOND)
        # The tracked number is an upper bound of the shown series.
        lines = sum(("package" in dict(ls) or "cluster" in dict(ls)) for _, ls in samples)
        self.assertLessEqual(lines, tracked(samples))
        truth = self.simulator_.truth(count_from=count_from(samples))["series"]
        for status in ("completed", "failed", "stopped"):
            total = sum(n for labels, n in samples.family(FINISHED).items()
                        if ("status", status) in labels)
            self.assertEqual(total, sum(series["finished"][status] for series in truth), status)
        records = sum(samples.family("xplenty_job_output_records_total").values())
        self.assertEqual(records, sum(series["records"] for series in truth))
        overflow = sum(finished_count(samples, status, "other", "other") or 0
                       for status in ("completed", "failed", "stopped"))
        self.assertEqual(samples.value("xplenty_exporter_overflow_jobs_total"), overflow)
        return overflow

    def rows(self, first_id, pairs):
        """One finished job of each package-cluster."""
        statuses = ("completed", "failed", "stopped")
        return [finished(first_id + i, statuses[i % 3], self.now(), records=[i], **of_pair(p, p))
                for i, p in enumerate(pairs)]

    def test_overflow_is_counted_as_other(self):
        self.begin(*self.FLAGS)
        samples = self.post(*self.rows(1, range(8)))
        self.assertEqual(self.check(samples), 0)
        samples = self.post(*self.rows(100, range(30)))
        self.assertEqual(self.check(samples), 30 - self.ROOM)
        series = shown(samples)
        self.assertEqual(len(series), self.ROOM + 1)
        self.assertIn(("other", "other"), series)
        for _ in range(2):  # also in the next scrape and after a restart
            samples = self.restart()
            self.assertEqual(shown(samples), series)
            self.check(samples)
            self.water.see(self.exporter_.scrape())
        self.simulator_.advance(5)
        samples = self.post(*self.rows(200, range(40)))
        self.assertEqual(shown(samples), series)
        self.assertEqual(self.check(samples), 30 - self.ROOM + 40 - self.ROOM)
        self.assertLess(tracked(samples), self.CAP + self.BEYOND)
        # Jobs that were counted under "other" stay there, although there is room now.
        before = self.check(samples)
        samples = self.restart("--metrics.max-series=100000")
        self.assertEqual(finished_count(samples, package="other", cluster="other"),
                         finished_count(self.scrape(), package="other", cluster="other"))
        self.assertEqual(samples.value("xplenty_exporter_overflow_jobs_total"), before)

    def test_unfinished_jobs_reserve_their_series(self):
        self.begin(*self.FLAGS)
        for i in range(1, 31):  # one at a time, to check each with the earlier ones
            samples = self.post(unfinished(i, "running", started=self.now(), **of_pair(i, i)))
        self.assertEqual(len(shown(samples)), self.ROOM + 1)
        self.assertEqual(tracked(samples), self.ROOM * (PER_PAIR + PER_PACKAGE) + PER_PAIR)
        self.simulator_.advance(60)
        before = shown(samples)
        samples = self.post(*self.rows(1, range(1, 31)))
        self.assertEqual(shown(samples), before)
        self.assertEqual(self.check(samples), 30 - self.ROOM)

    def test_idle_packages_stay_retired_after_restart(self):
        flags = (*self.FLAGS, "--metrics.series-retention=2h", "--refresh.lookback=1h")
        self.begin(*flags)
        self.post(*self.rows(1, range(self.ROOM)))
        self.simulator_.advance(3 * HOUR)
        samples = self.scrape()
        self.assertEqual(shown(samples), set())
        self.assertEqual(len(packages(samples)), self.ROOM)  # there is room for all
        new = range(20, 20 + self.ROOM)
        samples = self.post(*self.rows(100, new))
        self.assertEqual(shown(samples), {(f"package-{n}", f"cluster-{n}") for n in new})
        self.assertEqual(packages(samples), {f"package-{n}" for n in new})
        self.assertLessEqual(tracked(samples), self.CAP)
        again = self.restart()
        self.assertEqual(shown(again), shown(samples))
        self.assertLessEqual(tracked(again), self.CAP)


if __name__ == "__main__":
    unittest.main()
