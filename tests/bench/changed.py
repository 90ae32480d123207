"""Measures a scrape after ten jobs have finished, beside a Go exporter that adds them to its metrics and
renders everything again. The time of the API's responses is subtracted, as the Go peer sends no requests."""

import statistics

import servers
from report import Target
from scrapes import Saved, assert_same, count_of_series, load, sum_of
from harness import http

FETCH = "xplenty_api_request_duration_seconds_sum"
FINISHED = "xplenty_jobs_finished_total"


def scrape_ours(bench, api, exporter, coding):
    api.change(10)
    return load(exporter.port, coding)["median_ms"]


def scrape_go(peer, coding):
    response = http("POST", f"http://127.0.0.1:{peer.port}/change?n=10", b"")
    assert response.status == 200, response.text
    return load(peer.port, coding)["median_ms"]


def run(bench):
    packages, clusters = bench.size.changed_account
    bench.say(f"changed, {packages * clusters} pairs")
    with bench.scope():
        api = bench.keep(servers.PageServer(2 * packages * clusters, packages, clusters))
        exporter = bench.keep(servers.ExporterServer(api, storage=bench.folder())).await_ready()
        first = Saved(exporter, bench.folder())
        peer = None
        if "Go client" not in bench.missing:
            peer = bench.keep(servers.go_client(first, bench.work))
            assert_same("what the Go client serves", first.samples(),
                        Saved(peer, bench.folder()).samples())
        took, took_go = {"plain": [], "gzip": []}, {"plain": [], "gzip": []}
        rounds = bench.size.changed_rounds
        for number in range(rounds):
            for coding in took:
                took[coding].append(scrape_ours(bench, api, exporter, coding))
                if peer is not None:
                    took_go[coding].append(scrape_go(peer, coding))
            bench.say(f"round {number + 1} of {rounds}")
        last = Saved(exporter, bench.folder())
        new = sum_of(last.text(), FINISHED) - sum_of(first.text(), FINISHED)
        assert new == 2 * rounds * 10, f"{new} jobs were counted of {2 * rounds * 10}"
        # A save scrapes once in each coding; the plain text is what is read here.
        fetches = sum_of(last.text(), FETCH) - sum_of(first.text(), FETCH)
        fetch_ms = 1000 * fetches / (2 * rounds + 2)
        return result(count_of_series(last.text()), took, took_go, fetch_ms)


def result(series, took, took_go, fetch_ms):
    rows, targets = [], []
    for coding in took:
        whole = statistics.median(took[coding])
        ours = max(whole - fetch_ms, 0.001)
        go = statistics.median(took_go[coding]) if took_go[coding] else None
        rows.append({"series": series, "coding": coding, "exporter_ms": ours,
                     "exporter_with_fetch_ms": whole, "fetch_ms": fetch_ms, "go_ms": go})
        targets.append(Target(f"ten jobs changed, {series} series, {coding}: refresh and scrape / Go's scrape",
                              go and ours / go, 1 / 20))
    return {"rows": rows, "targets": targets}
