"""Measures the first refresh of a large account, beside one request after another and beside reading alone."""

import json
import statistics
import subprocess
import time

import servers
from harness import BIN, http
from report import Target
from scrapes import Saved, sum_of


def read_pages(api):
    """The pages, the rows and the seconds that it takes to read and parse all, one request after another."""
    result = subprocess.run([BIN / "bench_read_pages", f"--url={api.url}"], capture_output=True,
                            text=True, timeout=1800)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def refresh(bench, api, jobs):
    """Seconds from the start until the exporter is ready, having counted all jobs."""
    with bench.scope():
        begin = time.monotonic()
        exporter = bench.keep(servers.ExporterServer(api, "--refresh.min-interval=1d",
                                                     storage=bench.folder()))
        exporter.await_ready()
        took = time.monotonic() - begin
        text = Saved(exporter, bench.folder()).text()
        counted = sum_of(text, "xplenty_jobs_finished_total")
        assert counted == jobs, f"{counted} of {jobs} jobs were counted"
        return took


def run(bench):
    jobs, latency = bench.size.first_jobs, 100
    account = {"packages": 20, "clusters": 3}
    with bench.scope():
        api = bench.keep(servers.PageServer(jobs, **account))
        alone, ours = [], []
        for number in range(bench.size.rounds):
            pages = read_pages(api)
            alone.append(pages["seconds"])
            ours.append(refresh(bench, api, jobs))
            bench.say(f"first refresh of {jobs} jobs, round {number + 1} of {bench.size.rounds}")
    local = statistics.median(a / b for a, b in zip(ours, alone))
    with bench.scope():
        # A short list shows what one request takes with latency, within seconds.
        few = bench.keep(servers.PageServer(min(2000, jobs), **account, latency_ms=latency))
        sample = read_pages(few)
        one = sample["seconds"] / sample["pages"]
    bench.say(f"first refresh of {jobs} jobs, {latency} ms a request")
    with bench.scope():
        slow = bench.keep(servers.PageServer(jobs, **account, latency_ms=latency))
        with_latency = refresh(bench, slow, jobs)
        requests = http("GET", slow.url + "/stats").json()["requests"]
    sequential = one * pages["pages"]
    row = {"jobs": jobs, "pages": pages["pages"], "reading_seconds": statistics.median(alone),
           "local_seconds": statistics.median(ours), "latency_ms": latency,
           "request_seconds": one, "sequential_seconds": sequential,
           "with_latency_seconds": with_latency, "requests_with_latency": requests}
    return {"rows": [row], "targets": [
        Target(f"first refresh, {jobs} jobs, {latency} ms a request: time / one request after another",
               with_latency / sequential, 1 / 6),
        Target(f"first refresh, {jobs} jobs, local: time / reading the pages alone", local, 1.5)]}
