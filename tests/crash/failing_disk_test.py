"""A disk that fails once, or until it is repaired: the exporter reports it, survives and catches up."""

import errno
import pathlib
import re
import unittest

from script import STEPS, Exporter, Run, disk_fault, every, try_points


class FailingRun(Run):
    """The script with a disk that fails at the n-th call, or from that call until it is repaired."""

    def __init__(self, test, action, at, error):
        super().__init__(test)
        self.fault = {"action": action, "at": at, "error": error}
        self.lasts = action == "fail-on"
        self.switch.touch()
        self.reported = False  # whether the metric has counted the failure
        self.refusals = 0
        self.hit = False  # whether the n-th call came before the exporter was stopped

    def play(self):
        while True:
            code = self.launch(**self.fault, switch=self.switch)
            if code is None:
                break
            self.refused(code)
        for step in STEPS:
            self.bring(step)
            self.settle(until=self.fails_permanently)
            if self.reported and self.lasts:
                self.repair()
                self.settle()
        self.hit = 0 < self.fault["at"] <= len(self.trace())
        self.test.assertEqual(self.exporter.stop(), 0)
        self.test.assertTrue(self.serves_the_ledger_alone())
        self.settle()
        return self

    def refused(self, code):
        """Checks a start that the failure prevents: it says why, and the next start works."""
        self.refusals += 1
        self.test.assertEqual(code, 1, self.exporter.output())
        self.test.assertIn("Cannot start", self.exporter.output())
        self.test.assertIn(str(self.folder), self.exporter.output())
        self.test.assertTrue(self.switch.exists(), "refused although the disk works")
        self.repair()

    def repair(self):
        self.switch.unlink(missing_ok=True)

    def fails_permanently(self):
        if self.storage_errors:
            self.reported = True
            self.test.assertRegex(self.exporter.output(), rf"err=.*{self.ledger}")
        return self.reported and self.lasts


class P3FailingDisk(unittest.TestCase):
    """With any fault of the disk, a scrape returns 200 and no counter falls; then all is exact again."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with FailingRun(unittest.TestCase(), "none", 0, 0) as run:
            cls.calls = run.play().trace()
        cls.points = range(1, len(cls.calls) + 1)

    def fail_at(self, action, error, points):
        """{point: whether the failure was reported, by the metric or by a refusal to start}"""
        reported = {}

        def attempt(at):
            with FailingRun(self, action, at, error) as run:
                run.play()
                if run.hit:
                    reported[at] = run.reported or run.refusals > 0

        try_points(self, points, attempt)
        return reported

    def unreported(self, reported):
        """Failures that should have been reported: SQLite ignores a folder that cannot be synced and a
        stale draft that cannot be removed."""
        return [(n, *self.calls[n - 1]) for n, was_reported in sorted(reported.items())
                if not was_reported and re.search(r"write|sync", self.calls[n - 1][0])
                and self.calls[n - 1][1] != "ledger"]

    def test_a_full_disk_for_once(self):
        reported = self.fail_at("fail", errno.ENOSPC, every(8, self.points))
        self.assertEqual([], self.unreported(reported))

    def test_one_disk_error_is_recovered(self):
        reported = self.fail_at("fail", errno.EIO, every(8, self.points, offset=4))
        self.assertEqual([], self.unreported(reported))

    def test_full_disk_recovers(self):
        reported = self.fail_at("fail-on", errno.ENOSPC, every(8, self.points, offset=2))
        self.assertEqual([], self.unreported(reported))

    def test_broken_disk_recovers(self):
        reported = self.fail_at("fail-on", errno.EIO, every(8, self.points, offset=6))
        self.assertEqual([], self.unreported(reported))

    def test_short_write_is_continued(self):
        writes = [n for n in self.points if "write" in self.calls[n - 1][0]]
        reported = self.fail_at("short", 0, every(8, writes))
        self.assertFalse(any(reported.values()))


class P5ReadOnly(unittest.TestCase):
    """A ledger that cannot be written is refused by name and left as it is.

    Permissions do not bind root, so the calls fail as they would for others.
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
                self.refuses(run, run.folder, run.folder)  # the folder cannot be made
                run.folder.mkdir()
                self.refuses(run, run.folder, run.ledger)
                self.filled(run)
                self.refuses(run, run.folder, run.ledger)
                self.refuses(run, run.ledger, run.ledger)
                self.assertTrue(run.serves_the_ledger_alone())
                run.settle()


if __name__ == "__main__":
    unittest.main()
