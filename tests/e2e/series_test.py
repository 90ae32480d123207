"""Which series are shown: idle series are retired and come back with their values, after a while or at the cap."""

import unittest

from harness import EndToEndTest, actual_job_samples, expected_job_samples, unix, wait_for
from jobs import (CLUSTER, PACKAGE, HighWater, anomalies, count_from, counters, finished,
                  finished_count, iso, of_pair, on_cluster, sums_without, unfinished)
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


def of_packages(samples):
    """The gauges of packages."""
    return {key: value for key, value in samples.items() if key[0].startswith("xplenty_package_")}


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
        # A series of folded clusters is in reserve for each package.
        self.assertEqual(tracked(samples), 2 * PER_PAIR + 3 * (PER_PACKAGE + PER_PAIR))
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


class P9SeriesCap(SeriesTest):
    CAP = 1000
    FLAGS = (f"--metrics.max-series={CAP}",)
    # So many package-clusters fit: of one package, beside its folded clusters, whose series is in reserve; and of as
    # many packages, since the first one of a package may use the reserve of others.
    CLUSTERS = (CAP - PER_PACKAGE) // PER_PAIR - 1
    ROOM = CAP // (PER_PAIR + PER_PACKAGE)
    MOST_PACKAGES = (CAP - PER_PAIR) // PER_PACKAGE  # beside a package-cluster of one of them
    STATUSES = ("completed", "failed", "stopped")

    def check(self, samples, cap=CAP):
        """Checks that the cap is kept and that nothing is lost, and returns the number of folded jobs."""
        folds_packages = ("other", "other") in shown(samples)
        lines = sum("package" in dict(ls) or "cluster" in dict(ls) for _, ls in samples)
        self.assertLessEqual(tracked(samples), cap)
        # The series of folded packages comes on top of the cap.
        self.assertLessEqual(lines, tracked(samples) + folds_packages * PER_PAIR)

        truth = expected_job_samples(self.simulator_.truth(count_from=count_from(samples)))
        # Retired series were served once with their last values.
        hide = ("package", "cluster") if folds_packages else ("cluster",)
        self.assertEqual(sums_without(hide, self.water.highest), sums_without(hide, truth))
        shown_gauges, gauges = of_packages(actual_job_samples(samples)), of_packages(truth)
        if folds_packages:
            self.assertLess(shown_gauges.items(), gauges.items())
        else:
            self.assertEqual(shown_gauges, gauges)
        self.assertEqual(folds_packages, "package_folded" in anomalies(samples))
        folded = sum(n for labels, n in samples.family(FINISHED).items() if ("cluster", "other") in labels)
        self.assertEqual(samples.value("xplenty_exporter_overflow_jobs_total"), folded)
        return folded

    def rows(self, first_id, pairs, **fields):
        """One finished job of each package-cluster."""
        return [finished(first_id + i, self.STATUSES[i % 3], self.now(), records=[i], **{**of_pair(p, p), **fields})
                for i, p in enumerate(pairs)]

    def runs(self, first_id, clusters):
        """One finished job of package sales on each cluster."""
        return self.rows(first_id, clusters, package=PACKAGE, package_id=PACKAGE["id"])

    def of_sales(self, clusters):
        return {(PACKAGE["name"], f"cluster-{c}") for c in clusters}

    def run_apart(self, first_id, clusters):
        """A job of package sales on each cluster, a second apart, each of which is scraped."""
        for i, cluster in enumerate(clusters):
            self.simulator_.advance(1)
            samples = self.post(*self.runs(first_id + i, [cluster]))
            self.assertEqual(self.check(samples), 0)
        return samples

    def test_newest_clusters_replace_idle_ones(self):
        self.begin(*self.FLAGS)
        samples = self.run_apart(1, range(40))
        self.assertEqual(shown(samples), self.of_sales(range(40 - self.CLUSTERS, 40)))
        self.assertEqual(tracked(samples), (self.CLUSTERS + 1) * PER_PAIR + PER_PACKAGE)

        samples = self.run_apart(100, [3])
        newest = self.of_sales([3, *range(41 - self.CLUSTERS, 40)])
        self.assertEqual(shown(samples), newest)
        total = sum(finished_count(samples, status, cluster="cluster-3") for status in self.STATUSES)
        self.assertEqual(total, 2, "the series returns with its old values")

        for _ in range(2):
            samples = self.restart()
            self.assertEqual(shown(samples), newest)
            self.assertEqual(self.check(samples), 0)
        self.assertIn((PACKAGE["name"], "cluster-4"), shown(self.run_apart(200, [4])))
        samples = self.restart("--metrics.max-series=100000")
        self.assertEqual(shown(samples), self.of_sales(range(40)))
        self.assertEqual(self.check(samples, 100000), 0)

    def test_unscraped_clusters_alone_are_folded(self):
        self.begin(*self.FLAGS)
        folded = {(PACKAGE["name"], "other")}
        samples = self.post(*self.runs(1, range(30)))  # in one refresh, so none has been scraped
        self.assertEqual(self.check(samples), 30 - self.CLUSTERS)
        series = self.of_sales(range(self.CLUSTERS)) | folded
        self.assertEqual(shown(samples), series)
        for _ in range(2):
            samples = self.restart()
            self.assertEqual(shown(samples), series)
            self.assertEqual(self.check(samples), 30 - self.CLUSTERS)
        # Now they have been scraped and make room.
        self.simulator_.advance(5)
        samples = self.post(*self.runs(100, range(100, 103)))
        new = self.of_sales(range(100, 103))
        self.assertEqual(shown(samples) - series, new)
        self.assertEqual(len(shown(samples)), len(series))
        self.assertEqual(self.check(samples), 30 - self.CLUSTERS)
        # Folded jobs stay so, although there is room now.
        samples = self.restart("--metrics.max-series=100000")
        self.assertEqual(self.check(samples, 100000), 30 - self.CLUSTERS)

    def test_unfinished_jobs_keep_their_series(self):
        self.begin(*self.FLAGS)
        for i in range(30):
            samples = self.post(unfinished(i + 1, "running", self.now(), self.now(), package=PACKAGE,
                                           package_id=PACKAGE["id"], **on_cluster(i)))
        series = self.of_sales(range(self.CLUSTERS)) | {(PACKAGE["name"], "other")}
        self.assertEqual(shown(samples), series)
        self.assertEqual(samples.value("xplenty_jobs", cluster="other", status="running"), 30 - self.CLUSTERS)
        self.simulator_.advance(60)
        samples = self.post(*self.runs(1, range(30)))
        self.assertEqual(shown(samples), series)
        self.assertEqual(self.check(samples), 30 - self.CLUSTERS)

    def test_packages_are_folded_last(self):
        self.begin(*self.FLAGS)
        for i in range(self.MOST_PACKAGES):
            self.simulator_.advance(1)
            samples = self.post(*self.rows(i + 1, [i]))
            self.assertIn((f"package-{i}", f"cluster-{i}"), shown(samples))
        self.assertEqual(self.check(samples), 0)
        names = {f"package-{i}" for i in range(self.MOST_PACKAGES)}
        self.assertEqual(packages(samples), names)
        self.simulator_.advance(1)
        samples = self.post(*self.rows(1000, range(1000, 1003)))
        self.assertEqual(self.check(samples), 3)
        self.assertEqual(packages(samples), names)
        self.assertEqual(anomalies(samples)["package_folded"], 3)
        self.assertEqual(self.check(self.restart()), 3)

    def test_idle_packages_make_room(self):
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
        left = (self.CAP - self.ROOM * (PER_PAIR + PER_PACKAGE)) // PER_PACKAGE
        self.assertEqual(len(packages(samples)), self.ROOM + left)
        self.assertLess({f"package-{n}" for n in new}, packages(samples))
        self.assertLessEqual(tracked(samples), self.CAP)
        again = self.restart()
        self.assertEqual(shown(again), shown(samples))
        self.assertLessEqual(tracked(again), self.CAP)

    def test_package_follows_each_failed_run(self):
        """A package whose runs each have a cluster of their own: 30 complete, then 4 fail."""
        self.begin(*self.FLAGS)

        def run(first_id, status, count):
            return [finished(i, status, self.now(), records=[i], **on_cluster(i))
                    for i in range(first_id, first_id + count)]

        samples = self.post(*run(1, "completed", 30))
        folded = self.check(samples)
        self.assertEqual(folded, 30 - self.CLUSTERS, "the cap is full")
        for i in range(4):
            self.simulator_.advance(60)
            samples = self.post(*run(31 + i, "failed", 1))
            self.assertEqual(self.check(samples), folded)
            self.assertEqual(finished_count(samples, "failed", cluster=f"cluster-{31 + i}"), 1)
        for samples in (samples, self.restart()):
            self.assertEqual(self.check(samples), folded)
            name = PACKAGE["name"]
            self.assertEqual(samples.value("xplenty_package_last_status", package=name, status="failed"), 1)
            self.assertEqual(samples.value("xplenty_package_consecutive_failures", package=name), 4)
            self.assertIsNone(finished_count(samples, "failed", "other", "other"))


if __name__ == "__main__":
    unittest.main()
