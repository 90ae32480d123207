"""Scrapes with bench_load_client, and what a scrape contains."""

import gzip
import json
import os
import pathlib
import re
import subprocess

from harness import BIN, Samples

TEXT = "text/plain"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def client(port, coding, *flags, cpus=None):
    """Runs the client on the CPUs `cpus`, or on all if that is None."""
    command = [BIN / "bench_load_client", f"--port={port}", *flags]
    if coding == "gzip":
        command.append("--gzip")
    result = subprocess.run(command, capture_output=True, text=True, timeout=1800,
                            preexec_fn=cpus and (lambda: os.sched_setaffinity(0, cpus)))
    assert result.returncode == 0, result.stderr
    return result.stdout


def load(port, coding="plain", connections=1, seconds=0, min_requests=1, accept=TEXT,
         cpus=None):
    """Loads a server and returns the client's JSON; milliseconds are per request."""
    return json.loads(client(port, coding, f"--accept={accept}", f"--connections={connections}",
                             f"--seconds={seconds}", f"--min-requests={min_requests}", cpus=cpus))


def save(port, coding, path):
    """Saves the body of one request to `path`."""
    client(port, coding, f"--save={path}")


class Saved:
    """One scrape of a server in both codings, in the files `metrics` and `metrics.gz`."""

    def __init__(self, server, folder):
        self.folder = pathlib.Path(folder)
        self.plain, self.gzipped = self.folder / "metrics", self.folder / "metrics.gz"
        save(server.port, "gzip", self.gzipped)
        save(server.port, "plain", self.plain)

    def samples(self):
        return comparable(self.plain.read_text(encoding="utf-8"))

    def samples_of_gzip(self):
        return comparable(gzip.decompress(self.gzipped.read_bytes()).decode())

    def text(self):
        return self.plain.read_text(encoding="utf-8")


def comparable(text):
    """{(name, labels): value}, with bounds as numbers: one library writes le="10", another le="10.0"."""
    return {
        (name, frozenset((k, float(v) if k == "le" else v) for k, v in labels)): value
        for (name, labels), value in Samples(text).items()
        if not name.startswith("exposer_")  # prometheus-cpp always adds these about itself
    }


def is_own(name):
    """Whether the sample is about the exporter's process and requests, which change between scrapes."""
    return re.match(r"process_|xplenty_api_|xplenty_exporter_", name) is not None


def differences(expected, actual, with_own=True):
    """Samples that are missing, unexpected or of another value; sums may differ by the order of addition."""
    found = []
    for key in expected.keys() | actual.keys():
        if not with_own and is_own(key[0]):
            continue
        one, other = expected.get(key), actual.get(key)
        if one is None or other is None or abs(one - other) > 1e-9 * max(abs(one), 1):
            found.append((key, one, other))
    return found


def assert_same(what, expected, actual, with_own=True):
    found = differences(expected, actual, with_own)
    if found:
        raise AssertionError(f"{what} differs in {len(found)} of {len(expected)} samples, such as "
                             f"{sorted(found, key=str)[:3]}")


def count_of_series(text):
    return sum(1 for line in text.splitlines() if line and not line.startswith("#"))


def sum_of(text, name):
    """The sum of all samples of that name."""
    pattern = re.compile(rf"^{name}(?:\{{.*?\}})? (\S+)$", re.MULTILINE)
    return sum(float(value) for value in pattern.findall(text))
