"""The cost of a scrape depends on what has changed, not on the number of jobs."""

import unittest

from harness import EndToEndTest
from jobs import NOW, UNFINISHED, assert_exact, finished, list_rows


class ManyJobs(EndToEndTest):
    def test_twenty_thousand_jobs_take_two_requests(self):
        simulator = self.simulator("--jobs=20000", "--reuse-clusters")
        for status in set(UNFINISHED) - {"running"}:
            rows = list_rows(simulator, status=status, limit=100)
            simulator.post_jobs(*({"id": row["id"], "status": "stopped"} for row in rows))
        running = list_rows(simulator, status="running", limit=100)
        self.assertTrue(0 < len(running) < 100, len(running))
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        exporter.scrape()  # until all jobs are read

        simulator.forget_requests()
        samples = exporter.scrape()
        self.assertLessEqual(simulator.requests()["total"], 2)
        assert_exact(self, simulator, samples)

        ended = [{"id": row["id"], "status": "completed", "updated_at": simulator.now()}
                 for row in running[:5]]
        simulator.post_jobs(*ended, *(finished(900_000 + i, at=NOW - 5) for i in range(5)))
        simulator.forget_requests()
        samples = exporter.scrape()
        self.assertLessEqual(simulator.requests()["total"], 2)
        assert_exact(self, simulator, samples)

    def test_one_request_without_unfinished_jobs(self):
        simulator = self.simulator()
        simulator.post_jobs(*(finished(i, at=NOW - 20 * i) for i in range(1, 3000)))
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        exporter.scrape()  # until all jobs are read
        simulator.forget_requests()
        assert_exact(self, simulator, exporter.scrape())
        self.assertEqual(simulator.requests()["total"], 1)


if __name__ == "__main__":
    unittest.main()
