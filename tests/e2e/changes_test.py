"""Jobs that change, and the API's faults: each job counts once, when it finishes."""

import unittest

from harness import EndToEndTest, unix, wait_for
from jobs import (CLUSTER, NOW, PACKAGE, HighWater, anomalies, assert_exact, counters,
                  finished, finished_count, iso, jobs_gauge, outputs, unfinished)


class Changes(EndToEndTest):
    def begin(self, *rows, flags=(), simulator_flags=(), **faults):
        """Starts a simulator with these rows and faults, and an exporter, and scrapes once."""
        self.simulator_ = self.simulator(*simulator_flags)
        if rows:
            self.simulator_.post_jobs(*rows)
        if faults:
            self.simulator_.faults(**faults)
        self.exporter_ = self.exporter(self.simulator_, *flags, storage=self.folder()).ready()
        self.water = HighWater(self)
        return self.scrape()

    def scrape(self):
        return self.water.see(self.exporter_.scrape())

    def post(self, *rows):
        """Posts changed rows, and scrapes."""
        self.simulator_.post_jobs(*rows)
        return self.scrape()

    def exact(self, samples):
        assert_exact(self, self.simulator_, samples)
        return samples

    def records(self, samples):
        return samples.value("xplenty_job_output_records_total", package=PACKAGE["name"])

    def test_job_moves_gauges_then_counters(self):
        before = counters(self.exact(self.begin(unfinished(1))))
        self.assertTrue(before)

        def step(**fields):
            self.simulator_.advance(10)
            now = unix(self.simulator_.now())
            if fields.pop("touched", True):
                fields["updated_at"] = iso(now)
            return self.exact(self.post({"id": 1, **fields}))

        for status in ("pending", "queued"):
            samples = step(status=status)
            self.assertEqual(jobs_gauge(samples, status), 1)
            self.assertEqual(counters(samples), before)
        samples = step(status="running", started_at=iso(NOW + 30))
        for tenth in range(1, 6):
            samples = step(progress=tenth / 10, runtime_in_seconds=10 * tenth,
                           outputs=outputs(100 * tenth, tenth), touched=False)
            self.assertEqual(samples.value("xplenty_job_progress_ratio"), tenth / 10)
            written = samples.value("xplenty_job_unfinished_output_records")
            self.assertEqual(written, 101 * tenth)
            self.assertEqual(counters(samples), before)
        samples = step(status="completed", progress=1, runtime_in_seconds=60,
                       completed_at=iso(NOW + 90), outputs=outputs(600, 6))
        self.assertEqual(finished_count(samples), 1)
        self.assertEqual(self.records(samples), 606)
        self.assertIsNone(samples.value("xplenty_job_progress_ratio"))
        self.assertEqual(anomalies(samples), {})
        self.assertEqual(counters(self.scrape()), counters(samples))

    def test_a_correction_upwards_adds_the_difference(self):
        self.begin(finished(1, records=[10, 20]), finished(2, records=[5]))
        samples = self.post({"id": 1, "outputs": outputs(15, 20), "updated_at": iso(NOW)})
        self.assertEqual(self.records(samples), 40)
        self.exact(samples)
        samples = self.post({"id": 1, "outputs": outputs(15, 20, 7), "updated_at": iso(NOW)})
        self.assertEqual(self.records(samples), 47)
        self.assertEqual(finished_count(samples), 2)
        self.assertEqual(anomalies(self.exact(samples)), {})

    def test_downward_correction_is_an_anomaly(self):
        before = self.begin(finished(1, records=[10, 20]))
        for _ in range(2):
            samples = self.post({"id": 1, "outputs": outputs(4, 20), "updated_at": iso(NOW)})
            self.assertEqual(counters(samples), counters(before))
            self.assertEqual(anomalies(samples), {"records_decreased": 1})
        samples = self.post({"id": 1, "outputs": outputs(11, 20), "updated_at": iso(NOW)})
        self.assertEqual(self.records(samples), 31)  # the highest number that was read
        self.exact(samples)

    def test_updated_finished_job_counts_once(self):
        before = self.begin(finished(1, records=[10]))
        for _ in range(3):
            self.simulator_.advance(60)
            samples = self.post({"id": 1, "updated_at": self.simulator_.now(), "url": "new"})
            self.assertEqual(counters(samples), counters(before))
            self.exact(samples)
        self.assertEqual(anomalies(samples), {})

    def test_reopened_job_counts_once(self):
        before = self.begin(finished(1, "failed", records=[10]))
        self.simulator_.advance(5)
        samples = self.post({"id": 1, "status": "running", "failed_at": None,
                             "updated_at": iso(NOW + 5)})
        self.assertEqual(counters(samples), counters(before))
        self.assertEqual(jobs_gauge(samples, "running"), 1)
        self.assertEqual(jobs_gauge(samples, "failed"), 0)
        self.simulator_.advance(5)
        samples = self.post({"id": 1, "status": "completed", "completed_at": iso(NOW + 10),
                             "updated_at": iso(NOW + 10)})
        self.assertEqual(counters(samples), counters(before))
        self.assertEqual(jobs_gauge(samples, "completed"), 1)
        self.assertEqual(jobs_gauge(samples, "running"), 0)
        self.assertEqual(anomalies(samples), {"reopened": 1})

    def test_unknown_status_is_reported_once(self):
        self.begin(unfinished(1, "running", started=NOW))
        for status in ("archiving", "archiving", "archived"):
            samples = self.exact(self.post({"id": 1, "status": status, "updated_at": iso(NOW)}))
            self.assertEqual(jobs_gauge(samples, "unknown"), 1)
            self.assertEqual(anomalies(samples), {"unknown_status": 1})
        samples = self.exact(self.post(finished(1)))
        self.assertEqual(finished_count(samples), 1)

    def test_vanished_job_never_counts(self):
        before = self.begin(unfinished(1, "running", started=NOW), unfinished(2, "queued"),
                            finished(3), unfinished(4, "running", started=NOW),
                            flags=["--refresh.reconcile-interval=1s"])
        self.simulator_.delete_job(1)
        self.simulator_.delete_job(2)
        self.simulator_.delete_job(3)  # it was counted and stays counted

        def dropped():
            samples = self.scrape()
            self.assertEqual(counters(samples), counters(before))
            self.assertEqual(jobs_gauge(samples, "completed"), 1)
            return samples if anomalies(samples).get("vanished") == 2 else None

        samples = wait_for(dropped, "two jobs to be dropped")
        self.assertEqual(jobs_gauge(samples, "running"), 1)
        self.assertEqual(jobs_gauge(samples, "queued"), 0)
        self.assertEqual(anomalies(samples), {"vanished": 2})

    def test_job_between_two_scrapes_counts(self):
        self.begin()
        self.simulator_.advance(3600)
        samples = self.exact(self.post(finished(1, at=NOW + 60, runtime=1, wait=0)))
        self.assertEqual(finished_count(samples), 1)

    def test_late_rows_are_counted(self):
        self.begin(finished(1))
        self.simulator_.faults(updated_at_lag_seconds=30)
        for step in range(1, 10):
            self.simulator_.advance(10)
            now = NOW + 10 * step
            rows = (finished(100 * step + i, at=now - i) for i in range(5))
            samples = self.post(*rows)
            late = now - 30  # rows up to this second are visible, later ones are not
            visible = 1 + 5 * max(0, (late - NOW) // 10)
            self.assertGreaterEqual(finished_count(samples), visible)
        self.simulator_.advance(30)
        self.assertEqual(finished_count(self.exact(self.scrape())), 46)

    def test_rows_behind_the_watermark_are_counted(self):
        samples = self.begin(finished(1))
        watermark = samples.value("xplenty_exporter_watermark_timestamp_seconds")
        self.assertEqual(watermark, NOW)
        for number, late in enumerate((1, 30, 59, 60), 2):
            samples = self.exact(self.post(finished(number, at=NOW - late)))
            self.assertEqual(finished_count(samples), number)

    def test_second_beyond_a_page_is_counted(self):
        """A refresh may miss a row that moves between its requests; the next refreshes find it."""
        samples = self.begin(*(finished(i, records=[i]) for i in range(1, 351)), shuffle_ties=True)
        for more in range(4):
            total = 350 + 100 * more
            if more:
                self.simulator_.post_jobs(*(finished(1000 * more + i) for i in range(100)))

            def all_counted(total=total):
                samples = self.scrape()
                self.assertLessEqual(finished_count(samples), total)
                return samples if finished_count(samples) == total else None

            samples = self.exact(wait_for(all_counted, f"{total} jobs to be counted"))
        self.assertEqual(anomalies(samples), {})

    def check_a_server_that(self, **fault):
        self.exact(self.begin(simulator_flags=["--jobs=700", "--reuse-clusters"], **fault))
        for _ in range(3):
            self.simulator_.advance(900, live=True)
            self.scrape()
            self.exact(self.scrape())

    def test_exact_when_sort_is_ignored(self):
        self.check_a_server_that(ignore_sort=True)

    def test_exact_when_since_is_ignored(self):
        self.check_a_server_that(ignore_since=True)

    def test_exact_when_both_are_ignored(self):
        self.check_a_server_that(ignore_sort=True, ignore_since=True)

    def test_exact_while_rows_move(self):
        self.begin(simulator_flags=["--jobs=3000", "--reuse-clusters"], move_rows=1)
        for _ in range(5):
            self.simulator_.advance(120, live=True)
            self.scrape()
        self.simulator_.clear_faults()
        self.exact(self.scrape())

    def test_exact_while_rows_move_unsorted(self):
        self.begin(simulator_flags=["--jobs=1000", "--reuse-clusters"], move_rows=0.5, ignore_sort=True,
                   ignore_since=True)
        for _ in range(3):
            self.simulator_.advance(120, live=True)
            self.scrape()
        self.simulator_.clear_faults()
        self.exact(self.scrape())

    def test_future_row_hides_no_job(self):
        future = finished(1, updated_at="2099-01-01T00:00:00Z")
        samples = self.exact(self.begin(future, finished(2)))
        self.assertEqual(samples.value("xplenty_exporter_watermark_timestamp_seconds"), NOW)
        for number in range(3, 6):
            self.simulator_.advance(600)
            samples = self.post(finished(number, at=unix(self.simulator_.now())))
            self.assertEqual(finished_count(samples), number)
            self.exact(samples)

    NEW = {"package_id": 902, "package": {**PACKAGE, "id": 902, "name": "new"},
           "cluster_id": 952, "cluster": {**CLUSTER, "id": 952, "name": "brand-new"}}
    NEW_LABELS = {"package": "new", "cluster": "brand-new"}

    def test_new_series_starts_at_zero(self):
        self.begin(finished(1), flags=["--metrics.zero-hold=1s"])
        seen = [finished_count(self.post(finished(2, "failed", records=[9], **self.NEW)), "failed",
                               **self.NEW_LABELS)]

        def released():
            samples = self.scrape()
            seen.append(finished_count(samples, "failed", **self.NEW_LABELS))
            runtime = samples.value("xplenty_job_runtime_seconds_count", status="failed",
                                    **self.NEW_LABELS)
            self.assertEqual(runtime, seen[-1])
            records = samples.value("xplenty_job_output_records_total", **self.NEW_LABELS)
            self.assertEqual(records, 9 * seen[-1])
            return samples if seen[-1] else None

        samples = wait_for(released, "the first failure to show")
        self.assertEqual(seen, [0] * (len(seen) - 1) + [1])
        self.assertGreater(len(seen), 1)
        self.exact(samples)

    def test_zeros_are_shown_across_restarts(self):
        """The zero is repeated if the first one was lost with a restart."""
        samples = self.begin(finished(1), flags=["--metrics.zero-hold=1h"])
        samples = self.post(finished(2, "failed", **self.NEW))
        self.assertEqual(finished_count(samples, "failed", **self.NEW_LABELS), 0)
        storage = self.exporter_.arguments[2].split("=")[1]
        self.exporter_.kill()
        exporter = self.exporter(self.simulator_, "--metrics.zero-hold=1h", storage=storage)
        samples = self.water.see(exporter.ready().scrape())
        self.assertEqual(finished_count(samples, "failed", **self.NEW_LABELS), 0)

    def test_unfinished_job_creates_zero_series(self):
        self.begin(flags=["--metrics.zero-hold=1s"])
        samples = self.post(unfinished(2, **self.NEW))
        for status in ("completed", "failed", "stopped"):
            self.assertEqual(finished_count(samples, status, **self.NEW_LABELS), 0)

    def test_first_refresh_skips_zero_first(self):
        samples = self.begin(finished(1, "failed"), flags=["--metrics.zero-hold=1h"])
        self.assertEqual(finished_count(samples, "failed"), 1)

    def test_zero_hold_off_shows_value_immediately(self):
        self.begin(finished(1))
        samples = self.exact(self.post(finished(2, "failed", **self.NEW)))
        self.assertEqual(finished_count(samples, "failed", **self.NEW_LABELS), 1)


if __name__ == "__main__":
    unittest.main()
