"""Measures the cost of an account of a thousand to a million jobs of 60 package-clusters, and the time that a
restart takes."""

import pathlib
import statistics
import time

import servers
from harness import DEADLINE_SECONDS, wait_for
from report import Target
from scrapes import Saved, load, save, sum_of

FINISHED = "xplenty_jobs_finished_total"
ROUNDS = 9


def ledger_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def scrapes_of(exporter, before_each=lambda: None):
    """The median wall time and the CPU time of scrapes that refresh, in ms."""
    walls = []
    cpu = exporter.cpu_seconds()
    for _ in range(ROUNDS):
        before_each()
        walls.append(load(exporter.port, "gzip")["median_ms"])
    return statistics.median(walls), 1000 * (exporter.cpu_seconds() - cpu) / ROUNDS


def fill(bench, api, jobs, storage):
    """Starts a new exporter and measures it up to its first scrapes."""
    with bench.scope():
        begin = time.monotonic()
        exporter = bench.keep(servers.ExporterServer(api, storage=storage)).await_ready()
        seconds, cpu = time.monotonic() - begin, exporter.cpu_seconds()
        requests = api.stats()["requests"]
        counted = sum_of(Saved(exporter, bench.folder()).text(), FINISHED)
        assert counted == jobs, f"{counted} of {jobs} jobs were counted"
        rss = exporter.rss_bytes()
        idle, idle_cpu = scrapes_of(exporter)
        changed, changed_cpu = scrapes_of(exporter, lambda: api.change(10))
        assert exporter.process.stop() == 0, exporter.process.output()
        return {"jobs": jobs, "requests": requests, "seconds": seconds, "cpu_seconds": cpu,
                "rss_bytes": rss, "ledger_bytes": ledger_bytes(storage),
                "idle_ms": idle, "idle_cpu_ms": idle_cpu,
                "changed_ms": changed, "changed_cpu_ms": changed_cpu}


def start_again(bench, api, jobs, storage):
    """Measures the seconds from the start of the process to a scrape with all counters, and the memory then."""
    with bench.scope():
        folder = bench.folder()
        begin = time.monotonic()
        exporter = bench.keep(servers.ExporterServer(api, "--refresh.min-interval=1d",
                                                     storage=storage))

        def complete():
            save(exporter.port, "plain", folder + "/metrics")
            took = time.monotonic() - begin
            text = pathlib.Path(folder, "metrics").read_text(encoding="utf-8")
            return took if sum_of(text, FINISHED) == jobs else None

        return wait_for(complete, "all counters", DEADLINE_SECONDS), exporter.rss_bytes()


def run(bench):
    rows = []
    for jobs in bench.size.growth_jobs:
        bench.say(f"growth, {jobs} jobs")
        with bench.scope():
            storage = bench.folder()
            api = bench.keep(servers.PageServer(jobs, 20, 3))
            row = fill(bench, api, jobs, storage)
            with_changes = api.stats()["jobs"]
            starts = [start_again(bench, api, with_changes, storage) for _ in range(3)]
            row["restart_seconds"] = statistics.median(seconds for seconds, _ in starts)
            row["restart_rss_bytes"] = starts[-1][1]
            rows.append(row)
    return {"rows": rows, "targets": targets(rows)}


def targets(rows):
    least, most = rows[0], rows[-1]
    before = rows[-2]
    each = (most["rss_bytes"] - before["rss_bytes"]) / (most["jobs"] - before["jobs"])
    return [
        Target(f"memory: bytes a job, from {before['jobs']} to {most['jobs']} / 120", each / 120, 1),
        Target(f"memory: of {least['jobs']} jobs / 15 MB", least["rss_bytes"] / 15e6, 1),
        Target(f"start: {most['jobs']} jobs to the first complete scrape / 2 s",
               most["restart_seconds"] / 2, 1)]
