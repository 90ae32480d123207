"""Without storage all replicas count the same: the day (UTC) so far."""

import unittest

from harness import EndToEndTest, actual_job_samples, unix
from jobs import NOW, assert_exact, count_from, counters, finished, finished_count

DAY = 86400
# Whole days of rows stay inside it, so that the truth knows no row that the exporter does not.
LOOKBACK = 3 * DAY


class Memory(EndToEndTest):
    def replica(self, simulator):
        return self.exporter(simulator, f"--refresh.lookback={LOOKBACK}s").ready()

    def test_the_count_begins_at_midnight_utc(self):
        simulator = self.simulator()
        midnight = NOW - NOW % DAY
        simulator.post_jobs(finished(1, at=midnight - 1), finished(2, at=midnight),
                            finished(3, at=NOW))
        samples = self.exporter(simulator).ready().scrape()
        self.assertEqual(count_from(samples), midnight)
        self.assertEqual(finished_count(samples), 2)
        assert_exact(self, simulator, samples)

    def test_replicas_of_any_age_show_the_same(self):
        simulator = self.simulator("--jobs=800", "--packages=8")
        first = self.replica(simulator)
        early = first.scrape()
        simulator.advance(3600, live=True)
        second = self.replica(simulator)
        of_first, of_second = first.scrape(), second.scrape()
        self.assertNotEqual(counters(early), counters(of_first))
        self.assertEqual(actual_job_samples(of_first), actual_job_samples(of_second))
        assert_exact(self, simulator, of_first, LOOKBACK)

        first.kill()
        restarted = self.replica(simulator).scrape()
        self.assertEqual(actual_job_samples(restarted), actual_job_samples(of_second))

    def test_midnight_is_a_clean_reset_in_all_replicas(self):
        simulator = self.simulator("--jobs=800", "--packages=8")
        first = self.replica(simulator)
        first.scrape()
        for _ in range(2):
            to_midnight = DAY - unix(simulator.now()) % DAY
            simulator.advance(to_midnight - 1, live=True)
            last = first.scrape()
            assert_exact(self, simulator, last, LOOKBACK)
            simulator.advance(601, live=True)
            new_midnight = unix(simulator.now()) - 600
            samples = first.scrape()
            self.assertEqual(count_from(samples), new_midnight)
            self.assertEqual(count_from(last), new_midnight - DAY)
            assert_exact(self, simulator, samples, LOOKBACK)
            second = self.replica(simulator)
            self.assertEqual(actual_job_samples(second.scrape()), actual_job_samples(samples))
            second.kill()


if __name__ == "__main__":
    unittest.main()
