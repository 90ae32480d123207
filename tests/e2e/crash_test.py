"""A scan that kill -9 interrupts between two requests continues where it stopped.

tests/crash/ tries kills at each change of the disk.
"""

import pathlib
import shutil
import sqlite3
import tempfile
import unittest
import urllib.parse

from harness import EndToEndTest, unix, wait_for
from jobs import HighWater, assert_exact, finished_count

OVERLAP = 60


def committed_watermark(folder):
    """The watermark in a ledger after a crash, read from a copy."""
    with tempfile.TemporaryDirectory() as copy:
        for file in pathlib.Path(folder).iterdir():
            shutil.copy(file, copy)
        connection = sqlite3.connect(next(pathlib.Path(copy).glob("*.sqlite3")))
        try:
            return connection.execute("SELECT watermark FROM ledger").fetchone()[0]
        finally:
            connection.close()


def scan_starts(simulator):
    """The `since` of the list requests of scans, in order."""
    queries = [urllib.parse.parse_qs(r["query"]) for r in simulator.requests()["list"]]
    return [unix(q["since"][0]) for q in queries if q["sort"] == ["updated_at"]]


class Crash(EndToEndTest):
    def kill_in_first_scan(self, requests):
        simulator = self.simulator("--jobs=5000", "--packages=5", "--reuse-clusters", "--clusters=2")
        folder = self.folder()
        simulator.faults(hang_after=requests)
        exporter = self.exporter(simulator, storage=folder).serving()
        wait_for(lambda: simulator.requests()["total"] > requests, f"{requests} requests and one that hangs")
        exporter.kill()
        watermark = committed_watermark(folder)

        simulator.forget_requests()
        simulator.clear_faults()
        exporter = self.exporter(simulator, storage=folder).ready()
        water = HighWater(self)
        samples = water.see(exporter.scrape())
        window_start = unix(simulator.NOW) - 86400
        if watermark is None:
            self.assertEqual(scan_starts(simulator)[0], window_start)
        else:
            self.assertGreater(watermark - OVERLAP, window_start)
            self.assertEqual(scan_starts(simulator)[0], watermark - OVERLAP)
        assert_exact(self, simulator, samples)
        self.assertEqual(exporter.stop(), 0)
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, water.see(exporter.scrape()))
        return watermark

    def test_killed_first_scan_resumes(self):
        for requests in (1, 5, 12, 30, 50):
            with self.subTest(requests=requests):
                watermark = self.kill_in_first_scan(requests)
                self.assertEqual(watermark is not None, requests >= 12)

    def test_killed_later_scan_resumes(self):
        simulator = self.simulator("--jobs=5000", "--packages=5", "--reuse-clusters", "--clusters=2")
        folder = self.folder()
        water = HighWater(self)
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, water.see(exporter.scrape()))
        for requests in (2, 5, 9):
            simulator.advance(6 * 3600, live=True)
            before = committed_watermark(folder)
            simulator.forget_requests()
            simulator.faults(hang_after=requests)
            water.see(exporter.scrape(timeout_seconds=0.6))  # starts the refresh
            wait_for(lambda n=requests: simulator.requests()["total"] > n, f"{requests} requests and one that hangs")
            exporter.kill()
            watermark = committed_watermark(folder)
            self.assertGreater(watermark, before)

            simulator.faults(hang=True)
            exporter = self.exporter(simulator, storage=folder).serving()
            water.see(exporter.scrape(timeout_seconds=1))  # from the ledger, without the API
            simulator.forget_requests()
            simulator.clear_faults()
            samples = water.see(exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "up"))
            self.assertEqual(scan_starts(simulator)[0], watermark - OVERLAP)
        self.check_counters(simulator, samples)

    def check_counters(self, simulator, samples):
        """Checks that every finished job of the simulator was counted once."""
        truth = simulator.truth(
            count_from=samples.value("xplenty_exporter_count_from_timestamp_seconds")
        )
        for series in truth["series"]:
            labels = {"package": series["package"], "cluster": series["cluster"]}
            for status, count in series["finished"].items():
                self.assertEqual(finished_count(samples, status, **labels), count, labels)
            records = samples.value("xplenty_job_output_records_total", **labels)
            self.assertEqual(records, series["records"], labels)


if __name__ == "__main__":
    unittest.main()
