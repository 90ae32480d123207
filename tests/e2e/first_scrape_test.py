"""The first scrape of an account: every sample equals the simulator's truth."""

import hashlib
import subprocess
import unittest

from harness import EndToEndTest
from jobs import (CLUSTER, NOW, PACKAGE, UNFINISHED, anomalies, assert_exact, finished,
                  finished_count, iso, jobs_gauge, unfinished)


def cut(name, characters):
    """The label of a name that is longer than a label may be."""
    return f"{name[:characters]}\u2026{hashlib.sha256(name.encode()).hexdigest()[:8]}"


# Names of packages in the API, and the labels that they become.
NAMES = {
    'say "hi"': 'say "hi"',
    "C:\\etl\\new": "C:\\etl\\new",
    "two\nlines": "two\ufffdlines",
    "tab\there": "tab\ufffdhere",
    "nul\0here": "nul\ufffdhere",
    "\u2028\u00e9\u0436\u4e2d": "\u2028\u00e9\u0436\u4e2d",
    "\U0001f680 launch": "\U0001f680 launch",
    "x" * 300: cut("x" * 300, 117),
    "x" * 300 + "y": cut("x" * 300 + "y", 117),
    "\u00e9" * 150: cut("\u00e9" * 150, 58),
    "y" + "\u4e2d" * 100: cut("y" + "\u4e2d" * 100, 39),  # never cut within a character
    "{}=,\"": "{}=,\"",
    "": "1013",  # the id replaces an empty name
    "7": "7",
}


class FirstScrape(EndToEndTest):
    def scrape(self, simulator, *rows, scrapes=1):
        """The first complete scrape of these rows, or the n-th."""
        simulator.post_jobs(*rows)
        self.exporter_ = self.exporter(simulator, storage=self.folder()).ready()
        for _ in range(scrapes):
            samples = self.exporter_.scrape()
        assert_exact(self, simulator, samples)
        return samples

    def test_a_filled_account_is_counted_exactly(self):
        simulator = self.simulator("--jobs=1000", "--packages=12", "--reuse-clusters", "--clusters=6")
        self.assertEqual(anomalies(self.scrape(simulator)), {})

    def test_rows_without_names_use_ids(self):
        samples = self.scrape(self.simulator("--jobs=300", "--bare"))
        self.assertEqual(anomalies(samples), {})
        packages = {dict(labels)["package"] for labels in samples.family("xplenty_jobs")}
        self.assertTrue(packages and all(name.isdigit() for name in packages), packages)

    def test_each_status_has_its_series(self):
        rows = [unfinished(i, status, NOW - i) for i, status in enumerate(UNFINISHED, 1)]
        rows += [finished(10, "completed"), finished(11, "failed"), finished(12, "stopped")]
        rows += [unfinished(13, "archived")]
        samples = self.scrape(self.simulator(), *rows, scrapes=3)
        for status in (*UNFINISHED, "completed", "failed", "stopped", "unknown"):
            self.assertEqual(jobs_gauge(samples, status), 1, status)
        self.assertEqual(anomalies(samples), {"unknown_status": 1})

    def test_awkward_names_become_valid_labels(self):
        rows = []
        for i, name in enumerate(NAMES):
            package = {"id": 1001 + i, "name": name}
            rows.append(finished(1 + i, package_id=1001 + i, package=package))
        rows.append(finished(90, package_id=7, _omit=["package"]))  # the same label as the package named "7"
        samples = self.scrape(self.simulator(), *rows)
        labels = list(NAMES.values())
        for label in labels:
            expected = 2 if label == "7" else 1
            self.assertEqual(finished_count(samples, package=label), expected, repr(label))
        self.assertEqual(anomalies(samples), {})

    def test_the_output_is_lint_free(self):
        rows = [finished(1 + i, package_id=1001 + i, package={"id": 1001 + i, "name": name})
                for i, name in enumerate(NAMES)]
        simulator = self.simulator("--jobs=200")
        self.scrape(simulator, *rows, unfinished(70, "running", started=NOW))
        promtool = subprocess.run(["promtool", "check", "metrics"], capture_output=True,
                                  input=self.exporter_.get().body, check=False)
        self.assertEqual((promtool.returncode, promtool.stdout, promtool.stderr), (0, b"", b""))

    def test_missing_fields_do_not_matter(self):
        samples = self.scrape(
            self.simulator(),
            finished(1, _omit=["package"]),
            finished(2, _omit=["cluster"]),
            finished(3, _omit=["outputs", "creator", "errors", "url"]),
            finished(4, _omit=["package", "cluster", "outputs", "package_id", "cluster_id"]),
            finished(5, package=None, cluster=None, outputs=None),
            finished(6, package_id=None, cluster_id=None),
            finished(7, package={"id": 901}, cluster={}),
            unfinished(8, "running", started=NOW, progress=None, runtime_in_seconds=None),
            unfinished(9, "queued", created_at=None, started_at=None),
        )
        self.assertEqual(finished_count(samples, package="901"), 1)
        self.assertEqual(finished_count(samples, cluster="951"), 1)
        self.assertEqual(finished_count(samples, package="901", cluster="951"), 2)
        self.assertEqual(finished_count(samples, package="unknown", cluster="unknown"), 1)
        self.assertEqual(anomalies(samples), {})

    def test_finish_time_is_found_everywhere(self):
        samples = self.scrape(
            self.simulator(),
            finished(1, "failed", failed_at=None, updated_at=iso(NOW), progress=0),
            finished(2, "failed", failed_at=iso(NOW - 5), updated_at=iso(NOW)),
            finished(3, "stopped", started_at=None, runtime_in_seconds=0),
            finished(4, "completed", completed_at=None),
            finished(5, "completed", _omit=["completed_at", "failed_at"]),
            finished(6, "completed", created_at=None),
        )
        self.assertEqual(anomalies(samples), {})
        self.assertEqual(finished_count(samples, "failed"), 2)
        waits = samples.value("xplenty_job_wait_seconds_count", package=PACKAGE["name"])
        self.assertEqual(waits, 4)  # without the job that never started and the one of unknown creation

    def test_finish_without_time_counts_once(self):
        simulator = self.simulator()
        simulator.post_jobs(finished(1, completed_at=None, started_at=None, updated_at=None))
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        for _ in range(3):
            samples = exporter.scrape()
            self.assertEqual(finished_count(samples), 1)
            self.assertEqual(anomalies(samples), {"missing_time": 1})

    def test_times_with_offsets_are_equal(self):
        times = ("created_at", "started_at", "completed_at", "updated_at")
        plain, shifted = finished(1, at=NOW - 3600), finished(2, at=NOW - 3600)
        shifted.update({key: iso(NOW - 3600 - back, 3) for key, back in
                        zip(times, (70, 60, 0, 0), strict=True)})
        self.assertTrue(shifted["updated_at"].endswith("+03:00"))
        samples = self.scrape(self.simulator(), plain, shifted)
        wait = samples.value("xplenty_job_wait_seconds_sum", package=PACKAGE["name"])
        self.assertEqual(wait, 20)
        finish = samples.value("xplenty_package_last_finish_timestamp_seconds",
                               package=PACKAGE["name"])
        self.assertEqual(finish, NOW - 3600)
        self.assertEqual(anomalies(samples), {})

    def test_unknown_fields_are_passed_over(self):
        unknown = {"id": 5, "status": "failed", "name": "no", "list": [1, [2, {"outputs": []}]]}
        samples = self.scrape(self.simulator(), finished(1, attempts=3, unheard_of=unknown,
                                                         status_text="failed", records=[5, 6]))
        self.assertEqual(finished_count(samples), 1)
        self.assertEqual(finished_count(samples, "failed"), 0)
        self.assertEqual(anomalies(samples), {})

    def test_malformed_row_hides_no_other(self):
        raw = ['{"status": "running"}', '{"id": "x", "status": "failed"}', "17", "null", '["id"]',
               '{"id": 55, "status": null}']
        rows = [finished(100 + i, _raw=text) for i, text in enumerate(raw)]
        rows += [finished(1), finished(2)]
        samples = self.scrape(self.simulator(), *rows, scrapes=3)
        self.assertEqual(finished_count(samples), 2)
        self.assertEqual(anomalies(samples), {"malformed": len(raw)})

    def test_malformed_field_counts_as_absent(self):
        samples = self.scrape(
            self.simulator(),
            unfinished(1, "running", started=NOW, progress="half"),
            finished(2, outputs="none"),
            finished(3, completed_at="yesterday"),
            finished(4, package={"id": 901, "name": ["sales"]}),
            scrapes=3,
        )
        self.assertEqual(anomalies(samples), {"malformed": 4})
        self.assertEqual(finished_count(samples, package="901"), 1)

    def test_equal_names_share_a_series(self):
        samples = self.scrape(
            self.simulator(),
            finished(1, records=[10]),
            finished(2, package_id=902, package={**PACKAGE, "id": 902}, records=[5]),
            finished(3, cluster_id=952, cluster={**CLUSTER, "id": 952}),
        )
        self.assertEqual(finished_count(samples), 3)
        info = samples.family("xplenty_package_info")
        self.assertEqual(info, {(("package", "sales"), ("package_id", "902")): 1})


if __name__ == "__main__":
    unittest.main()
