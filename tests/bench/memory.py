"""Measures resident memory: per series in all formats, and after many refreshes. growth.py measures it per job."""

import statistics

import servers
from report import Target
from scrapes import OPENMETRICS, TEXT, Saved, count_of_series, load

# Both accounts have the same jobs, so that they differ by their series only.
JOBS = 40_000


def of_series(bench, account):
    """(series, bytes) after each format has been scraped often in each coding."""
    packages, clusters = account
    with bench.scope():
        api = bench.keep(servers.PageServer(min(JOBS, bench.size.first_jobs), packages, clusters))
        exporter = bench.keep(servers.ExporterServer(api, "--refresh.min-interval=1d"))
        exporter.await_ready()
        saved = Saved(exporter, bench.folder())
        for accept in (TEXT, OPENMETRICS):
            for coding in ("plain", "gzip"):
                load(exporter.port, coding, min_requests=10, accept=accept)
        return count_of_series(saved.text()), exporter.rss_bytes()


def after_refreshes(bench):
    """(bytes in the first fifth, bytes in the last fifth, refreshes); now and then a job finishes."""
    batches = 100
    each = bench.size.flat_refreshes // batches
    with bench.scope():
        api = bench.keep(servers.PageServer(1000, 20, 3))
        exporter = bench.keep(servers.ExporterServer(api, storage=bench.folder())).await_ready()

        def batch():
            api.change(1)
            load(exporter.port, "gzip", min_requests=each // 2)
            load(exporter.port, min_requests=each - each // 2)

        for _ in range(max(batches // 20, 1)):  # the buffers grow to their size
            batch()
        requests, rss = api.stats()["requests"], []
        for _ in range(batches):
            batch()
            rss.append(exporter.rss_bytes())
        refreshes = api.stats()["requests"] - requests
        assert refreshes >= each * batches, f"only {refreshes} refreshes"
        # The size varies by some percent with what was freed just now, so a median is taken.
        fifth = batches // 5
        return statistics.median(rss[:fifth]), statistics.median(rss[-fifth:]), each * batches


def run(bench):
    bench.say("memory")
    small, large = (of_series(bench, account) for account in bench.size.memory_accounts)
    each = (large[1] - small[1]) / (large[0] - small[0])
    bench.say(f"memory over {bench.size.flat_refreshes} refreshes")
    before, after, refreshes = after_refreshes(bench)
    row = {"small_series": small[0], "small_bytes": small[1], "large_series": large[0],
           "large_bytes": large[1], "bytes_per_series": each, "refreshes": refreshes,
           "before_bytes": before, "after_bytes": after}
    return {"rows": [row], "targets": [
        Target("memory: bytes a series in all forms / 600", each / 600, 1),
        Target(f"memory: after {refreshes} refreshes / before", after / before, 1.05)]}
