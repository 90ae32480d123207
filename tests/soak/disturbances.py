"""What a soak does to the API: faults that come and go, and changing rows.

The simulator's truth stays reachable: the exporter can still learn of every job. So none of these
happen here:

* A finished row is not deleted: the exporter may have counted it, and the truth would not know
  it. Rows that vanish are our own unfinished ones, which nobody else finishes.
* Records are corrected upwards only: the truth knows the last count, P2 counts the highest.
* A reopened job finishes again with the same status and runtime. It counts under its first status
  permanently, and the truth has its latest. All jobs are finished again before counters are compared.
* `updated_at_lag_seconds`, `clock_skew_seconds` and the lateness of our own posts stay far below
  --refresh.overlap.
"""

import itertools
import sys

from harness import unix
from jobs import finished, iso, unfinished

# Each kind makes its fault at random; it is on for some ticks.
FAULTS = {
    "5xx": lambda chance: {"status": {"500": 0.3, "502": 0.2, "503": 0.3}},
    "429": lambda chance: {"status": {"429": chance.uniform(0.2, 1)}, "retry_after": "1"},
    "close": lambda chance: {"close": chance.uniform(0.2, 1)},
    "hang": lambda chance: {"hang": True},
    "html": lambda chance: {"html": chance.uniform(0.2, 1)},
    "cut_json": lambda chance: {"cut_json": chance.uniform(0.2, 1)},
    "cut_body": lambda chance: {"cut_body": chance.uniform(0.2, 1)},
    "latency": lambda chance: {"latency_ms": chance.randrange(1, 400)},
    "move_rows": lambda chance: {"move_rows": chance.uniform(0.2, 1)},
    "shuffle_ties": lambda chance: {"shuffle_ties": True},
    "ignore_sort": lambda chance: {"ignore_sort": True},
    "ignore_since": lambda chance: {"ignore_since": True},
    "lag": lambda chance: {"updated_at_lag_seconds": chance.randrange(1, 900)},
    "skew": lambda chance: {"clock_skew_seconds": chance.randrange(-900, 900)},
    "no_date": lambda chance: {"no_date": True},
    "no_rate_headers": lambda chance: {"no_rate_headers": True},
}
# This opens the circuit breaker, which then sends a request a minute; so it needs a long run.
REFUSAL = {"refused_key": lambda chance: {"reject_key": chance.choice((401, 402, 403))}}


class Faults:
    """Turns one or two random kinds on and off again, with quiet times between."""

    def __init__(self, simulator, chance, with_refusal):
        self.simulator, self.chance = simulator, chance
        self.kinds = {**FAULTS, **(REFUSAL if with_refusal else {})}
        self.rare = set(REFUSAL)
        self.left = 0  # ticks until the next change
        self.on = False
        self.counts = dict.fromkeys(self.kinds, 0)

    def tick(self):
        self.left -= 1
        if self.left > 0:
            return
        if self.on:
            self.clear()
            self.left = self.chance.randrange(1, 5)
            return
        kinds = self.chance.sample(sorted(self.kinds), self.chance.choice((1, 1, 2)))
        kinds = [k for k in kinds if k not in self.rare or self.chance.random() < 0.1]
        faults = {}
        for kind in kinds:
            faults.update(self.kinds[kind](self.chance))
            self.counts[kind] += 1
        self.simulator.faults(**faults)
        self.on, self.left = True, self.chance.randrange(1, 6)

    def clear(self):
        self.simulator.clear_faults()
        self.on, self.left = False, 0


class Rows:
    """Our own rows: they begin, run, finish, are touched and corrected, vanish and reopen."""

    # A post that took longer than this is repeated. It is far below --refresh.overlap.
    LATEST_SECONDS = 1800

    def __init__(self, simulator, chance):
        self.simulator, self.chance = simulator, chance
        self.live, self.done, self.reopened = {}, {}, {}
        # The ids count down from here, as the simulator's own ids are above the highest.
        self.ids = itertools.count(10**12, -1)
        self.counts = dict.fromkeys(
            ("begun", "finished", "touched", "corrected", "vanished", "reopened"), 0)
        self.finish(self.begin())  # so that our series exists in the truth from now on

    def post(self, make):
        """Posts the row make(now), and repeats that if the clock has advanced too far meanwhile."""
        while True:
            now = unix(self.simulator.now())
            row = make(now)
            self.simulator.post_jobs({**row, "updated_at": iso(now)})
            if unix(self.simulator.now()) - now < self.LATEST_SECONDS:
                return row
            print("A post came late and was repeated", file=sys.stderr)

    def tick(self):
        action = self.chance.choice(
            (self.begin, self.begin, self.finish, self.finish, self.touch, self.correct,
             self.vanish, self.reopen, self.nothing, self.nothing))
        action()

    def nothing(self):
        pass

    def begin(self):
        job_id = next(self.ids)
        self.live[job_id] = self.post(
            lambda now: unfinished(job_id, "running", now - 60, started=now - 30))
        self.counts["begun"] += 1
        return job_id

    def pick(self, rows):
        return self.chance.choice(sorted(rows)) if rows else None

    def finish(self, job_id=None):
        job_id = job_id or self.pick(self.live)
        if job_id is None:
            return
        del self.live[job_id]
        status = self.chance.choice(("completed", "completed", "failed", "stopped"))
        records = [self.chance.randrange(1000)]
        self.done[job_id] = self.post(
            lambda now: finished(job_id, status, now, runtime=30, wait=30, records=records))
        self.counts["finished"] += 1

    def touch(self):
        job_id = self.pick(self.done)
        self.post(lambda now: {"id": job_id, "url": f"https://example.com/{now}"})
        self.counts["touched"] += 1

    def correct(self):
        job_id = self.pick(self.done)
        outputs = [{**o, "records_count": o["records_count"] + self.chance.randrange(1, 50)}
                   for o in self.done[job_id]["outputs"]]
        self.done[job_id] = {**self.done[job_id], "outputs": outputs}
        self.post(lambda now: {"id": job_id, "outputs": outputs})
        self.counts["corrected"] += 1

    def vanish(self):
        job_id = self.pick(self.live)
        if job_id is None:
            return
        del self.live[job_id]
        self.simulator.delete_job(job_id)
        self.counts["vanished"] += 1

    def reopen(self):
        """Lets a completed job run again; jobs that were reopened before complete again first."""
        self.refinish()
        job_id = self.pick([j for j, row in self.done.items() if row["status"] == "completed"])
        if job_id is None or len(self.done) == 1:
            return
        self.reopened[job_id] = self.done.pop(job_id)
        self.post(lambda now: {"id": job_id, "status": "running", "completed_at": None})
        self.counts["reopened"] += 1

    def refinish(self):
        for job_id in sorted(self.reopened):
            row = self.reopened.pop(job_id)
            self.post(lambda now, row=row: {**row, "completed_at": iso(now)})
            self.done[job_id] = row
