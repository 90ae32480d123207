"""Measures scrapes where nothing changed, beside a static file server and what libraries serve."""

import statistics
import tempfile

import servers
from harness import wait_for
from report import Target
from scrapes import Saved, assert_same, count_of_series, load

CODINGS = ("plain", "gzip")
FLOOR = "nginx, a file"


def start_all(bench, saved):
    made = {FLOOR: lambda: servers.nginx(saved),
            "prometheus-cpp": lambda: servers.exposer(saved),
            "Python client": lambda: servers.python_client(saved),
            "Go client": lambda: servers.go_client(saved, bench.work)}
    started = [bench.keep(make()) for name, make in made.items() if name not in bench.missing]
    for server in started:
        wait_for(server.responds, f"{server.name} to respond")
    return started


def assert_all_serve_the_same(exporter, others, saved):
    expected = saved.samples()
    assert_same("the exporter's gzip", expected, saved.samples_of_gzip(), with_own=False)
    for server in [exporter, *others]:
        own = server is not exporter
        with tempfile.TemporaryDirectory() as folder:
            served = Saved(server, folder)
            assert_same(f"what {server.name} serves", expected, served.samples(), own)
            if server.name == FLOOR:  # its file is one scrape older
                own = False
            assert_same(f"{server.name}'s gzip", expected, served.samples_of_gzip(), own)


def measure(bench, server, coding):
    """One round: the time of one scrape, alone and with eight clients."""
    with servers.away_from_the_client(server.pid):
        before = server.cpu_seconds()
        alone = load(server.port, coding, seconds=bench.size.load_seconds, min_requests=3,
                     cpus=servers.client_cpus())
        cpu = server.cpu_seconds() - before
    busy = load(server.port, coding, connections=8, seconds=bench.size.load_seconds)
    return {"wall_ms": alone["median_ms"], "min_ms": alone["min_ms"],
            "cpu_ms": 1000 * cpu / alone["requests"],
            "per_second": busy["requests"] / busy["wall_seconds"],
            "bytes": alone["bytes"] / alone["requests"]}


def medians(rounds):
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def ratio(ours, theirs, key):
    """The median of the ratios of each round: a slow machine slows both sides of a ratio."""
    pairs = [(a[key], b[key]) for a, b in zip(ours, theirs)]
    if any(b <= 0 for _, b in pairs):  # less than a clock tick: the run was too short
        return None
    return statistics.median(a / b for a, b in pairs)


def run_size(bench, packages, clusters):
    with bench.scope():
        api = bench.keep(servers.PageServer(20 * packages * clusters, packages, clusters))
        exporter = bench.keep(servers.ExporterServer(api, "--refresh.min-interval=1d"))
        exporter.await_ready()
        saved = Saved(exporter, bench.folder())
        others = start_all(bench, saved)
        assert_all_serve_the_same(exporter, others, saved)
        bench.keep(servers.AwakeCpus())
        rounds = {}
        for number in range(bench.size.rounds):
            for coding in CODINGS:
                for server in [exporter, *others]:
                    key = server.name, coding
                    rounds.setdefault(key, []).append(measure(bench, server, coding))
            bench.say(f"round {number + 1} of {bench.size.rounds}")
        return count_of_series(saved.text()), rounds


def run(bench):
    rows, targets = [], []
    for packages, clusters in bench.size.accounts:
        bench.say(f"unchanged, {packages} packages on {clusters} clusters")
        series, rounds = run_size(bench, packages, clusters)
        for (name, coding), measured in rounds.items():
            rows.append({"series": series, "coding": coding, "server": name, **medians(measured)})
        for coding in CODINGS:
            ours, floor = rounds["xplenty_exporter", coding], rounds.get((FLOOR, coding))
            for what, key, limit, at_most in (("time", "wall_ms", 2, True), ("CPU", "cpu_ms", 2, True),
                                              ("throughput of 8", "per_second", 0.5, False)):
                targets.append(Target(f"unchanged, {series} series, {coding}: {what} / static file's",
                                      floor and ratio(ours, floor, key), limit, at_most))
    return {"rows": rows, "targets": targets}
