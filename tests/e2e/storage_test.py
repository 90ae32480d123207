"""The ledger on disk: what it keeps, and when it is refused."""

import contextlib
import pathlib
import sqlite3
import unittest

from harness import EndToEndTest, unix
from jobs import (NOW, HighWater, assert_exact, count_from, counters, finished,
                  finished_count, jobs_gauge)


def contents(folder):
    return {file.name: file.read_bytes() for file in sorted(pathlib.Path(folder).iterdir())}


class Storage(EndToEndTest):
    def filled_ledger(self, simulator):
        """The folder with the ledger of a stopped exporter, and its last scrape."""
        folder = self.folder()
        exporter = self.exporter(simulator, storage=folder).ready()
        samples = exporter.scrape()
        self.assertEqual(exporter.stop(), 0)
        return folder, samples

    def refuses(self, simulator, storage, *reasons, flags=()):
        """Checks that the exporter exits with 1 and names these reasons."""
        exporter = self.exporter(simulator, *flags, storage=storage)
        self.assertEqual(exporter.wait(), 1)
        for reason in reasons:
            self.assertIn(reason, exporter.output())

    def test_restart_without_api_serves_counters(self):
        simulator = self.simulator("--jobs=500")
        folder, before = self.filled_ledger(simulator)
        simulator.kill()
        exporter = self.exporter(simulator, storage=folder).ready()
        samples = exporter.scrape(timeout_seconds=1)
        self.assertEqual(samples.value("xplenty_up"), 0)
        self.assertTrue(counters(before))
        self.assertEqual(counters(samples), counters(before))
        for name in ("xplenty_package_last_finish_timestamp_seconds",
                     "xplenty_package_consecutive_failures",
                     "xplenty_exporter_count_from_timestamp_seconds",
                     "xplenty_exporter_job_anomalies_total"):
            self.assertEqual(samples.family(name), before.family(name))
        for name in ("xplenty_jobs", "xplenty_job_progress_ratio",
                     "xplenty_job_oldest_running_start_timestamp_seconds",
                     "xplenty_job_oldest_waiting_creation_timestamp_seconds",
                     "xplenty_job_unfinished_output_records"):
            self.assertEqual(samples.family(name), {})

    def test_restarts_count_on(self):
        simulator = self.simulator("--jobs=500")
        folder, before = self.filled_ledger(simulator)
        water = HighWater(self)
        water.see(before)
        for _ in range(3):
            simulator.advance(1800, live=True)
            exporter = self.exporter(simulator, storage=folder).ready()
            samples = water.see(exporter.scrape())
            self.assertEqual(count_from(samples), count_from(before))
            self.assertEqual(exporter.stop(), 0)
        total = sum(samples.family("xplenty_jobs_finished_total").values())
        truth = simulator.truth(count_from=count_from(before))
        self.assertEqual(total, sum(sum(s["finished"].values()) for s in truth["series"]))
        self.assertGreater(total, sum(before.family("xplenty_jobs_finished_total").values()))

    def test_second_process_is_refused(self):
        simulator = self.simulator("--jobs=100")
        folder = self.folder()
        exporter = self.exporter(simulator, storage=folder).ready()
        ledger = str(pathlib.Path(folder) / "demo.sqlite3")
        self.refuses(simulator, folder, ledger, "in use by another process")
        self.refuses(simulator, folder, ledger, "in use by another process",
                     flags=["--storage.reset"])
        self.assertEqual(set(contents(folder)), {"demo.sqlite3", "demo.sqlite3-journal"})
        assert_exact(self, simulator, exporter.scrape())

    def test_damaged_ledger_is_refused_unchanged(self):
        simulator = self.simulator("--jobs=500")
        folder, _ = self.filled_ledger(simulator)
        ledger = pathlib.Path(folder) / "demo.sqlite3"
        good = ledger.read_bytes()
        self.assertEqual(set(contents(folder)), {"demo.sqlite3", "demo.sqlite3-journal"})
        self.assertEqual((pathlib.Path(folder) / "demo.sqlite3-journal").stat().st_size, 0)
        middle = len(good) // 2

        def flipped(start, end):
            return good[:start] + bytes(b ^ 0xFF for b in good[start:end]) + good[end:]

        other = pathlib.Path(self.folder()) / "other.sqlite3"
        with contextlib.closing(sqlite3.connect(other)) as connection:
            connection.execute("CREATE TABLE notes (text)")

        damages = {
            "flipped in the magic": flipped(0, 16),
            "flipped in the header": flipped(16, 100),
            "flipped in the first page": flipped(100, 2000),
            "flipped in the middle": flipped(middle - 4096, middle + 4096),
            "one bit flipped in a name": good.replace(b"sales", b"tales", 1),
            "flipped all but the header": flipped(4096, len(good)),
            "cut in half": good[:middle],
            "empty": b"",
            "a text file": b"sales figures 2025\n" * 40,
            "another program's": other.read_bytes(),
            "of another kind": good[:68] + b"\0\0\0\0" + good[72:],
        }
        for what, damaged in damages.items():
            with self.subTest(what):
                ledger.write_bytes(damaged)
                self.refuses(simulator, folder, str(ledger), "--storage.reset", "Cannot start")
                self.assertEqual(set(contents(folder)), {"demo.sqlite3", "demo.sqlite3-journal"})
                self.assertTrue(ledger.read_bytes() == damaged)
        ledger.write_bytes(good)
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, exporter.scrape())

    def test_ledger_of_other_account_is_refused(self):
        simulator = self.simulator()
        folder, _ = self.filled_ledger(simulator)
        ledger = pathlib.Path(folder) / "demo.sqlite3"
        other = ledger.rename(ledger.with_name("other.sqlite3"))
        self.refuses(simulator, folder, str(other), '"demo\\"', flags=["--account.id=other"])

    def test_reset_moves_the_ledger_aside(self):
        simulator = self.simulator()
        simulator.post_jobs(finished(1, at=NOW - 600), finished(2, at=NOW - 5))
        folder, before = self.filled_ledger(simulator)
        self.assertEqual(finished_count(before), 2)
        ledger = pathlib.Path(folder) / "demo.sqlite3"
        ledger.write_bytes(b"")

        simulator.advance(10)
        exporter = self.exporter(simulator, "--storage.reset", storage=folder).ready()
        samples = exporter.scrape()
        self.assertEqual(count_from(samples), unix(simulator.now()))
        self.assertEqual(finished_count(samples), 0)
        self.assertEqual(jobs_gauge(samples, "completed"), 2)
        self.assertEqual(contents(folder)["demo.sqlite3.aside.1"], b"")

        simulator.advance(10)
        simulator.post_jobs(finished(3, at=NOW + 15))
        samples = exporter.scrape()
        self.assertEqual(finished_count(samples), 1)
        assert_exact(self, simulator, samples)
        self.assertEqual(exporter.stop(), 0)
        exporter = self.exporter(simulator, storage=folder).ready()
        again = exporter.scrape()
        self.assertEqual(counters(again), counters(samples))
        self.assertEqual(count_from(again), count_from(samples))

    def test_impossible_folder_is_named(self):
        simulator = self.simulator()
        file = pathlib.Path(self.folder()) / "taken"
        file.write_text("not a folder")
        for path in (file, file / "below"):
            self.refuses(simulator, path, str(path), "cannot")
        self.assertEqual(file.read_text(), "not a folder")

    def test_missing_folder_is_created(self):
        simulator = self.simulator("--jobs=50")
        folder = pathlib.Path(self.folder()) / "a" / "b"
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, exporter.scrape())
        self.assertTrue((folder / "demo.sqlite3").is_file())


if __name__ == "__main__":
    unittest.main()
