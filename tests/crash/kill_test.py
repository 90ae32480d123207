"""kill -9 before, in and after each change of the disk loses nothing and repeats nothing."""

import unittest

from script import KILLED, NO_RESPONSE, STEPS, Run, every, try_points


class KilledRun(Run):
    """The script, killed by the given (action, n) pairs: the first process by the first pair, and so on."""

    def __init__(self, test, *kills):
        super().__init__(test)
        self.kills = list(kills)
        self.killed = 0

    def next_fault(self):
        if not self.kills:
            return {"action": None}
        action, at = self.kills.pop(0)
        return {"action": action, "at": at}

    def play(self):
        code = self.launch(**self.next_fault())
        if code is not None:
            self.survive(code)
        for step in STEPS:
            self.bring(step)
            self.settle_through_kills()
        while (code := self.exporter.stop()) != 0:
            self.survive(code)
            self.settle_through_kills()
        self.test.assertTrue(self.serves_the_ledger_alone())
        self.settle()
        self.test.assertGreater(self.new_series[-1], 0)
        return self

    def settle_through_kills(self):
        while True:
            try:
                return self.settle()
            except NO_RESPONSE:
                self.survive(self.exporter.wait())

    def survive(self, code):
        """Checks that a crash leaves no damage, and that nothing it shows is lower than what was served."""
        self.test.assertEqual(code, KILLED, self.exporter.output())
        self.killed += 1
        while not self.serves_the_ledger_alone(**self.next_fault()):
            self.killed += 1


class P3NeverLower(unittest.TestCase):
    """Also P1 and P5: each job is counted once, and the ledger is never refused as damaged."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with KilledRun(unittest.TestCase(), ("none", 0)) as run:
            cls.calls = run.play().trace()
        cls.points = range(1, len(cls.calls) + 1)

    def attempt(self, kills):
        with KilledRun(self, *kills) as run:
            run.play()
            # A scrape more or less makes some calls more or less than the counted run.
            ended_before = len(run.trace()) < kills[0][1]
            self.assertTrue(run.killed > 0 or ended_before, "the kill did not happen")

    def test_disk_changes_are_counted(self):
        names = {call for call, _ in self.calls}
        self.assertNotIn("mmap", names)
        self.assertLessEqual({"open", "pwrite", "rename", "fsync"}, names)

    def test_killed_before_a_change(self):
        try_points(self, [[("kill-before", n)] for n in every(2, self.points)], self.attempt)

    def test_killed_after_a_change(self):
        try_points(self, [[("kill-after", n)] for n in every(8, self.points)], self.attempt)

    def test_killed_within_a_write(self):
        writes = [n for n in self.points if "write" in self.calls[n - 1][0]]
        try_points(self, [[("kill-short", n)] for n in every(4, writes)], self.attempt)

    def test_killed_again_while_it_recovers(self):
        """Where the first kill leaves nothing to undo, the second one hits a later change."""
        kills = [[("kill-after", n), ("kill-after", again)]
                 for again in range(1, 5) for n in every(16, self.points, offset=4 * again)]
        try_points(self, kills, self.attempt)


if __name__ == "__main__":
    unittest.main()
