"""The first scrape of an account: every figure is the simulator's own truth."""

import unittest

from harness import EndToEndTest


class FirstScrape(EndToEndTest):
    def test_a_filled_account_is_counted_exactly(self):
        simulator = self.simulator("--jobs=1000", "--packages=12", "--clusters=6")
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        samples = exporter.scrape()
        self.assertEqual(samples.value("xplenty_up"), 1)
        count_from = samples.value("xplenty_exporter_count_from_timestamp_seconds")
        self.assert_equals_truth(samples, simulator.truth(count_from=count_from))


if __name__ == "__main__":
    unittest.main()
