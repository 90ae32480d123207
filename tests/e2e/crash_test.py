"""kill -9 at any point loses nothing and repeats nothing."""

import http.client
import pathlib
import random
import shutil
import sqlite3
import tempfile
import threading
import unittest
import urllib.parse

from harness import EndToEndTest, unix, wait_for
from jobs import HighWater, assert_exact, finished, finished_count, unfinished

OVERLAP = 60


def committed_watermark(folder):
    """What a ledger holds after a crash, read from a copy."""
    with tempfile.TemporaryDirectory() as copy:
        for file in pathlib.Path(folder).iterdir():
            shutil.copy(file, copy)
        connection = sqlite3.connect(next(pathlib.Path(copy).glob("*.sqlite3")))
        try:
            return connection.execute("SELECT watermark FROM ledger").fetchone()[0]
        finally:
            connection.close()


def walk_starts(simulator):
    """The `since` of the list requests of walks, in order."""
    queries = [urllib.parse.parse_qs(r["query"]) for r in simulator.requests()["list"]]
    return [unix(q["since"][0]) for q in queries if q["sort"] == ["updated_at"]]


class Crash(EndToEndTest):
    def kill_in_the_first_walk(self, requests):
        simulator = self.simulator("--jobs=5000", "--packages=5", "--clusters=2")
        folder = self.folder()
        simulator.faults(latency_ms=20)
        exporter = self.exporter(simulator, storage=folder).serving()
        wait_for(lambda: simulator.requests()["total"] >= requests, f"{requests} requests")
        exporter.kill()
        watermark = committed_watermark(folder)

        simulator.forget_requests()
        simulator.clear_faults()
        exporter = self.exporter(simulator, storage=folder).ready()
        water = HighWater(self)
        samples = water.see(exporter.scrape())
        window_start = unix(simulator.NOW) - 86400
        if watermark is None:
            self.assertEqual(walk_starts(simulator)[0], window_start)
        else:
            self.assertGreater(watermark - OVERLAP, window_start)
            self.assertEqual(walk_starts(simulator)[0], watermark - OVERLAP)
        assert_exact(self, simulator, samples)
        self.assertEqual(exporter.stop(), 0)
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, water.see(exporter.scrape()))
        return watermark

    def test_a_first_walk_that_was_killed_goes_on_where_it_stopped(self):
        for requests in (1, 5, 12, 30, 50):
            with self.subTest(requests=requests):
                watermark = self.kill_in_the_first_walk(requests)
                self.assertEqual(watermark is not None, requests >= 12)

    def test_a_later_walk_that_was_killed_goes_on_where_it_stopped(self):
        simulator = self.simulator("--jobs=5000", "--packages=5", "--clusters=2")
        folder = self.folder()
        water = HighWater(self)
        exporter = self.exporter(simulator, storage=folder).ready()
        assert_exact(self, simulator, water.see(exporter.scrape()))
        for requests in (2, 5, 9):
            simulator.advance(6 * 3600, live=True)
            before = committed_watermark(folder)
            simulator.forget_requests()
            simulator.faults(latency_ms=50)
            water.see(exporter.scrape(timeout_seconds=0.6))  # starts the refresh
            wait_for(lambda n=requests: simulator.requests()["total"] >= n, f"{requests} requests")
            exporter.kill()
            watermark = committed_watermark(folder)
            self.assertGreater(watermark, before)

            simulator.faults(hang=True)
            exporter = self.exporter(simulator, storage=folder).serving()
            water.see(exporter.scrape(timeout_seconds=1))  # from the ledger alone
            simulator.forget_requests()
            simulator.clear_faults()
            samples = water.see(exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "up"))
            self.assertEqual(walk_starts(simulator)[0], watermark - OVERLAP)
        self.check_counters(simulator, samples)

    def check_counters(self, simulator, samples):
        """Every finished job of the simulator was counted, once."""
        truth = simulator.truth(
            count_from=samples.value("xplenty_exporter_count_from_timestamp_seconds")
        )
        for series in truth["series"]:
            labels = {"package": series["package"], "cluster": series["cluster"]}
            for status, count in series["finished"].items():
                self.assertEqual(finished_count(samples, status, **labels), count, labels)
            records = samples.value("xplenty_job_output_records_total", **labels)
            self.assertEqual(records, series["records"], labels)

    def test_kills_in_a_live_account_lose_nothing_and_repeat_nothing(self):
        chance = random.Random(7)
        simulator = self.simulator("--jobs=60", "--packages=3", "--clusters=2")
        folder = self.folder()
        water = HighWater(self)
        exporter = self.exporter(simulator, storage=folder).ready()
        water.see(exporter.scrape())
        next_id = 500_000
        for number in range(15):
            with self.subTest(round=number):
                simulator.advance(chance.randrange(1, 40), live=True)
                now = unix(simulator.now())
                ids = range(next_id, next_id + chance.randrange(1, 150))
                next_id = ids.stop
                statuses = ("completed", "failed", "stopped")
                simulator.post_jobs(
                    *(finished(i, chance.choice(statuses), now - chance.randrange(20),
                               records=[i % 7]) for i in ids),
                    unfinished(next_id, "running", now, started=now),
                )
                next_id += 1
                self.kill_while_scraping(simulator, exporter, water, chance)

                simulator.faults(hang=True)
                exporter = self.exporter(simulator, storage=folder).serving()
                water.see(exporter.scrape(timeout_seconds=0.8))  # from the ledger alone
                simulator.clear_faults()
        samples = exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the API to be up")
        assert_exact(self, simulator, water.see(exporter.scrape()))
        self.assertGreater(finished_count(samples), 100)

    def kill_while_scraping(self, simulator, exporter, water, chance):
        """Scrapes, and kills once that has sent so many requests or is over."""
        exporter.scrape_until(lambda s: water.see(s).value("xplenty_up") == 1, "the API to be up")
        simulator.forget_requests()
        simulator.faults(latency_ms=chance.choice((0, 5)))
        now = unix(simulator.now())
        simulator.post_jobs(*(finished(10**7 + chance.randrange(10**9), at=now) for _ in range(5)))
        seen = []

        def scrape():
            try:
                seen.append(exporter.scrape())
            except (OSError, http.client.HTTPException):
                pass  # killed

        thread = threading.Thread(target=scrape)
        thread.start()
        wanted = chance.randrange(4)
        wait_for(lambda: simulator.requests()["total"] >= wanted or not thread.is_alive(),
                 f"{wanted} requests")
        exporter.kill()
        thread.join()
        for samples in seen:
            water.see(samples)


if __name__ == "__main__":
    unittest.main()
