"""A scripted run of the real exporter whose disk may fail, and what must hold wherever it fails."""

import concurrent.futures
import contextlib
import errno
import http.client
import itertools
import os
import pathlib
import re
import signal
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
# pylint: disable=wrong-import-position
from harness import (SCRAPE_SECONDS, Exporter, Simulator, actual_job_samples,  # noqa: E402
                     expected_job_samples, unix, wait_for)
from jobs import (CLUSTER, NOW, PACKAGE, HighWater, assert_exact, count_from, counters,  # noqa: E402
                  finished, iso, outputs, unfinished)

# With CRASH_EVERYTHING each mode is tried at each call, otherwise at every k-th call, or every (k * STRIDE)-th.
EVERYTHING = bool(os.environ.get("CRASH_EVERYTHING"))
STRIDE = int(os.environ.get("CRASH_STRIDE", "1"))
WORKERS = 2
FLAGS = ("--metrics.zero-hold=1ms", "--api.page-size=20", "--web.timeout-offset=0s",
         "--refresh.overlap=1s")  # so that a wrong watermark skips rows
NEW = {"package_id": 902, "package": {**PACKAGE, "id": 902, "name": "new"},
       "cluster_id": 952, "cluster": {**CLUSTER, "id": 952, "name": "brand-new"}}
KILLED = -signal.SIGKILL
NO_RESPONSE = (OSError, http.client.HTTPException)


def first_rows(at):
    """Rows of three pages."""
    statuses = itertools.cycle(("completed", "completed", "failed", "stopped"))
    rows = [finished(i, next(statuses), at - 300 + i, runtime=7 * i, records=[i, 2 * i])
            for i in range(1, 44)]
    return [*rows, unfinished(50, "running", at, started=at), unfinished(51, "queued", at)]


def finished_on_known_series(at):
    return [finished(100 + i, "failed", at, records=[5]) for i in range(3)]


def finished_on_a_new_series(at):
    return [finished(110, "failed", at, records=[9], **NEW)]


def a_running_job_finishes(at):
    return [finished(50, "completed", at, records=[1000])]


def corrections_upwards(at):
    return [{"id": 100, "outputs": outputs(50), "updated_at": iso(at)},
            {"id": 110, "outputs": outputs(90), "updated_at": iso(at)}]


def anomalies(at):
    """An unknown status, and a malformed row."""
    return [unfinished(51, "archiving", at),
            {"id": 120, "_raw": '{"id": "?", "status": 7}', "status": "failed",
             "updated_at": iso(at)}]


def several_pages_at_once(at):
    return [finished(51, "stopped", at),
            *(finished(200 + i, "completed", at - i % 3, records=[i]) for i in range(45))]


# Each step adds rows, and a scrape shows them. A new series is shown at 0 first and released by a later scrape.
STEPS = (first_rows, finished_on_known_series, finished_on_a_new_series, a_running_job_finishes,
         corrections_upwards, anomalies, several_pages_at_once)


def kept(samples):
    """Every counter that the ledger keeps: the counters of jobs, and the exporter's own about jobs."""
    own = re.compile(r"xplenty_exporter_(job_anomalies|overflow_jobs)_total$")
    return {**counters(samples), **{k: v for k, v in samples.items() if own.match(k[0])}}


def disk_fault(action, folder, trace, at=0, error=0, switch=""):
    """The environment of a process whose disk fails. The preloaded library comes before the sanitizer's."""
    sanitizer = os.environ.get("ASAN_OPTIONS", "")
    return {
        "LD_PRELOAD": os.environ["DISK_FAULT"],
        "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0".lstrip(":"),
        "DISK_FAULT_FOLDER": str(folder),
        "DISK_FAULT_ACTION": action,
        "DISK_FAULT_AT": str(at),
        "DISK_FAULT_ERROR": str(error),
        "DISK_FAULT_SWITCH": str(switch),
        "DISK_FAULT_TRACE": str(trace),
    }


class Run(contextlib.ExitStack):
    """One account, one ledger, one exporter after another; a HighWater watches all scrapes."""

    def __init__(self, test, *flags):
        super().__init__()
        self.test = test
        self.flags = (*FLAGS, *flags)
        # The path is resolved, as the preloaded library sees the real paths of descriptors.
        root = self.enter_context(tempfile.TemporaryDirectory())
        self.root = pathlib.Path(root).resolve()
        self.folder = self.root / "ledger"
        self.ledger = self.folder / "demo.sqlite3"
        self.switch = self.root / "switch"
        self.trace_file = self.root / "trace"
        self.simulator = self.keep(Simulator())
        self.exporter = None
        self.water = HighWater(test, kept)
        self.new_series = []  # the new series' values in the order of scrapes
        self.storage_errors = 0

    def keep(self, process):
        self.callback(process.close)
        return process

    def trace(self):
        """The counted calls so far: (call, path below the root)."""
        if not self.trace_file.exists():
            return []
        lines = [line.split(" ", 2) for line in self.trace_file.read_text().splitlines()]
        return [(call, path.removeprefix(str(self.root) + "/")) for _, call, path in lines]

    def launch(self, action=None, **fault):
        """Starts an exporter. Returns its exit code if it ended before it served, else None."""
        env = disk_fault(action, self.folder, self.trace_file, **fault) if action else {}
        self.exporter = self.keep(
            Exporter(self.simulator, *self.flags, storage=self.folder, env=env))
        try:
            self.exporter.serving()
        except AssertionError:
            code = self.exporter.process.poll()
            if code is None:
                raise
            return code
        return None

    def scrape(self, timeout_seconds=SCRAPE_SECONDS):
        samples = self.water.see(self.exporter.scrape(timeout_seconds))
        value = samples.value("xplenty_jobs_finished_total", package="new", cluster="brand-new",
                              status="failed")
        if value is not None:
            self.new_series.append(value)
            self.test.assertEqual(self.new_series[0], 0)  # P6, across kills too
        self.storage_errors = samples.value("xplenty_exporter_refresh_errors_total",
                                            reason="storage")
        return samples

    def bring(self, step):
        self.simulator.advance(10)
        self.simulator.post_jobs(*step(unix(self.simulator.now())))

    def is_exact(self, samples):
        if samples.value("xplenty_up") != 1:
            return False
        truth = self.simulator.truth(count_from=count_from(samples))
        return actual_job_samples(samples) == expected_job_samples(truth)

    def settle(self, until=lambda: False):
        """Scrapes until the samples equal the simulator's truth, or until `until` holds."""
        last = []

        def settled():
            last[:] = [self.scrape()]
            return self.is_exact(last[0]) or until()

        try:
            wait_for(settled, "exactness")
        except AssertionError:
            assert_exact(self.test, self.simulator, last[0])
            raise
        return last[0]

    def serves_the_ledger_alone(self, action=None, **fault):
        """Starts an exporter while the API hangs: it must serve the ledger, and nothing may be lower.
        Returns False if the exporter was killed again."""
        self.simulator.faults(hang=True)
        code = self.launch(action, **fault)
        if action and code == KILLED:
            return False
        self.test.assertIsNone(code, self.exporter.output())
        try:
            self.scrape(timeout_seconds=0.02)
        finally:
            self.simulator.clear_faults()
        return True


def try_points(test, points, attempt):
    """Calls attempt(point) for all points with two workers, and reports all failures with their points."""
    failures, lock, stop = [], threading.Lock(), threading.Event()

    def guarded(point):
        if stop.is_set():
            return
        try:
            attempt(point)
        except BaseException as error:  # pylint: disable=broad-except
            with lock:
                failures.append(f"{point}: {type(error).__name__}: {str(error)[:3000]}")
            if len(failures) > 5:
                stop.set()

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(guarded, points))
    test.assertEqual([], failures, "\n\n".join(failures))


def every(k, points, offset=0):
    points = list(points)
    return points if EVERYTHING else points[offset % k::k * STRIDE]


ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
__all__ = [name for name in dir() if not name.startswith("_")]
