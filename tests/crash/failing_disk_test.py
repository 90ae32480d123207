"""A disk that fails, for once or until it is mended: told, survived, and made good."""

import errno
import pathlib
import re
import unittest

from script import STEPS, Exporter, Run, disk_fault, every, try_points


class FailingRun(Run):
    """The script with a disk that fails at a call, or from there on until it is mended."""

    def __init__(self, test, action, at, error):
        super().__init__(test)
        self.fault = {"action": action, "at": at, "error": error}
        self.lasts = action == "fail-on"
        self.switch.touch()
        self.told = False  # by the metric
        self.refusals = 0
        self.hit = False  # before it was stopped

    def play(self):
        while True:
            code = self.launch(**self.fault, switch=self.switch)
            if code is None:
                break
            self.refused(code)
        for step in STEPS:
            self.bring(step)
            self.settle(until=self.failed_for_good)
            if self.told and self.lasts:
                self.mend()
                self.settle()
        self.hit = 0 < self.fault["at"] <= len(self.trace())
        self.test.assertEqual(self.exporter.stop(), 0)
        self.test.assertTrue(self.serves_the_ledger_alone())
        self.settle()
        return self

    def refused(self, code):
        """A start that the failure prevents says so; the next one works."""
        self.refusals += 1
        self.test.assertEqual(code, 1, self.exporter.output())
        self.test.assertIn("Cannot start", self.exporter.output())
        self.test.assertIn(str(self.folder), self.exporter.output())
        self.test.assertTrue(self.switch.exists(), "refused although the disk works")
        self.mend()

    def mend(self):
        self.switch.unlink(missing_ok=True)

    def failed_for_good(self):
        if self.storage_errors:
            self.told = True
            self.test.assertRegex(self.exporter.output(), rf"err=.*{self.ledger}")
        return self.told and self.lasts


class P3FailingDisk(unittest.TestCase):
    """A scrape answers 200 and is never lower, whatever the disk does; then all is exact again."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with FailingRun(unittest.TestCase(), "none", 0, 0) as run:
            cls.calls = run.play().trace()
        cls.points = range(1, len(cls.calls) + 1)

    def fail_at(self, action, error, points):
        """Whether each point was told, be it by the metric or by a refusal to start."""
        told = {}

        def attempt(at):
            with FailingRun(self, action, at, error) as run:
                run.play()
                if run.hit:
                    told[at] = run.told or run.refusals > 0

        try_points(self, points, attempt)
        return told

    def untold(self, told):
        """SQLite goes on where a folder cannot be synced or a stale draft not be removed."""
        return [(n, *self.calls[n - 1]) for n, was_told in sorted(told.items())
                if not was_told and re.search(r"write|sync", self.calls[n - 1][0])
                and self.calls[n - 1][1] != "ledger"]

    def test_a_full_disk_for_once(self):
        told = self.fail_at("fail", errno.ENOSPC, every(8, self.points))
        self.assertEqual([], self.untold(told))

    def test_one_disk_error_is_recovered(self):
        told = self.fail_at("fail", errno.EIO, every(8, self.points, offset=4))
        self.assertEqual([], self.untold(told))

    def test_full_disk_recovers(self):
        told = self.fail_at("fail-on", errno.ENOSPC, every(8, self.points, offset=2))
        self.assertEqual([], self.untold(told))

    def test_broken_disk_recovers(self):
        told = self.fail_at("fail-on", errno.EIO, every(8, self.points, offset=6))
        self.assertEqual([], self.untold(told))

    def test_short_write_is_continued(self):
        writes = [n for n in self.points if "write" in self.calls[n - 1][0]]
        told = self.fail_at("short", 0, every(8, writes))
        self.assertFalse(any(told.values()))


class P5ReadOnly(unittest.TestCase):
    """What cannot be written is refused by name and left as it is.

    Permissions do not bind root, so the calls are made to fail as they would.
    """

    maxDiff = None

    def contents(self, run):
        return {str(p): p.is_file() and p.read_bytes() for p in pathlib.Path(run.folder).rglob("*")}

    def refuses(self, run, path, named):
        before = self.contents(run)
        fault = disk_fault("readonly", path, run.trace_file, error=self.error)
        exporter = run.keep(Exporter(run.simulator, *run.flags, storage=run.folder, env=fault))
        self.assertEqual(exporter.wait(), 1)
        self.assertRegex(exporter.output(), f"Cannot start.*{named}")
        self.assertEqual(self.contents(run), before)

    def filled(self, run):
        run.launch()
        run.bring(STEPS[0])
        run.settle()
        self.assertEqual(run.exporter.stop(), 0)

    def test_read_only_storage_is_refused(self):
        for self.error in (errno.EROFS, errno.EACCES):
            with self.subTest(errno.errorcode[self.error]), Run(self) as run:
                self.refuses(run, run.folder, run.folder)  # it cannot be made
                run.folder.mkdir()
                self.refuses(run, run.folder, run.ledger)
                self.filled(run)
                self.refuses(run, run.folder, run.ledger)
                self.refuses(run, run.ledger, run.ledger)
                self.assertTrue(run.serves_the_ledger_alone())
                run.settle()


if __name__ == "__main__":
    unittest.main()
