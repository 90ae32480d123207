"""Commit first, then publish: what is not synced yet is not served."""

import unittest

from script import STEPS, Run, kept, wait_for


class P3CommitBeforePublish(unittest.TestCase):
    """kill -9 cannot tell a synced write from one in the page cache; a sync that hangs can."""

    maxDiff = None

    def stays_unpublished(self, run, before):
        """Checks that a sync hangs and that scrapes go on showing what was synced before."""
        syncs = len(run.trace())
        run.scrape(timeout_seconds=0.02)  # starts the refresh
        wait_for(lambda: any("sync" in call for call, _ in run.trace()[syncs:]),
                 "the ledger to be synced")
        for _ in range(3):
            samples = run.scrape(timeout_seconds=0.02)
            self.assertEqual(kept(samples), before)

    def test_values_are_served_after_sync(self):
        with Run(self) as run:
            self.assertIsNone(run.launch("hang", switch=run.switch))
            before = kept(run.settle())
            for step in STEPS:
                run.switch.touch()
                run.bring(step)
                self.stays_unpublished(run, before)
                run.switch.unlink()
                after = kept(run.settle())
                self.assertNotEqual(after, before, step.__name__)
                before = after

    def test_series_are_released_after_sync(self):
        """If it were served before its sync, a crash would show the series at 0 again."""
        with Run(self) as run:
            self.assertIsNone(run.launch("hang", switch=run.switch))
            run.settle()
            run.bring(STEPS[2])
            zero = kept(run.scrape())
            self.assertEqual(run.new_series, [0])
            run.switch.touch()
            self.stays_unpublished(run, zero)
            run.switch.unlink()
            run.settle()
            self.assertGreater(run.new_series[-1], 0)


if __name__ == "__main__":
    unittest.main()
