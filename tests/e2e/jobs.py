"""Rows for the simulator, and questions about the counters that they should result in."""

import base64
import datetime
import functools
import re
import urllib.parse

from harness import Simulator, actual_job_samples, expected_job_samples, http, unix

# The ids differ from the simulator's own packages (101 and up), so the names are the test's own.
PACKAGE = {"id": 901, "name": "sales"}
CLUSTER = {"id": 951, "name": "etl"}
UNFINISHED = ("idle", "pending", "queued", "running", "pending_stoppage", "stopping")
NOW = unix(Simulator.NOW)


def iso(unix_time, offset_hours=0):
    """ISO 8601 with Z, or with an offset such as +03:00."""
    zone = datetime.timezone(datetime.timedelta(hours=offset_hours))
    text = datetime.datetime.fromtimestamp(unix_time, zone).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z")


def outputs(*records):
    return [{"id": 7000 + i, "name": f"out{i}", "records_count": n} for i, n in enumerate(records)]


def unfinished(job_id, status="idle", at=NOW, started=None, **fields):
    row = {
        "id": job_id,
        "status": status,
        "created_at": iso(at),
        "updated_at": iso(at),
        "started_at": None if started is None else iso(started),
        "package_id": PACKAGE["id"],
        "cluster_id": CLUSTER["id"],
        "package": PACKAGE,
        "cluster": CLUSTER,
        "progress": 0.0,
        "runtime_in_seconds": 0,
        "outputs": [],
    }
    return {**row, **fields}


def finished(job_id, status="completed", at=NOW, runtime=60, wait=10, records=(), **fields):
    """A job that finished and was last updated at `at`."""
    row = unfinished(job_id, status, at)
    row.update(
        created_at=iso(at - runtime - wait),
        started_at=iso(at - runtime),
        completed_at=iso(at) if status == "completed" else None,
        failed_at=iso(at) if status == "failed" else None,
        progress=1.0 if status == "completed" else 0.5,
        runtime_in_seconds=runtime,
        outputs=outputs(*records),
    )
    return {**row, **fields}


def of_pair(package, cluster):
    """The fields of a row for a package-cluster by their numbers; PACKAGE and CLUSTER differ from all of these."""
    return {
        "package_id": 1000 + package,
        "package": {"id": 1000 + package, "name": f"package-{package}"},
        "cluster_id": 5000 + cluster,
        "cluster": {"id": 5000 + cluster, "name": f"cluster-{cluster}"},
    }


def on_cluster(cluster):
    """The fields of a row on a cluster, by its number."""
    return {key: value for key, value in of_pair(0, cluster).items() if key.startswith("cluster")}


def list_rows(simulator, account="demo", **parameters):
    """A page of the API, read directly."""
    token = base64.b64encode(f"{simulator.key}:".encode()).decode()
    response = http(
        "GET",
        f"{simulator.url}/{account}/api/jobs?{urllib.parse.urlencode(parameters)}",
        headers={
            "Authorization": f"Basic {token}",
            "Accept": "application/vnd.xplenty+json; version=2",
        },
    )
    assert response.status == 200, response.text
    return response.json()


@functools.cache
def is_counter(name):
    return re.fullmatch(r"xplenty_jobs?_.*_(total|bucket|count|sum)", name) is not None


def counters(samples):
    """The samples that must never fall: counters and histograms of jobs."""
    return {key: value for key, value in samples.items() if is_counter(key[0])}


def sums_without(hidden, samples):
    """The counters of {(name, labels): value} other than 0, summed over the values of the hidden labels."""
    sums = {}
    for (name, labels), value in counters(samples).items():
        key = name, frozenset(label for label in labels if label[0] not in ("account", *hidden))
        sums[key] = round(sums.get(key, 0) + value, 9)
    return {key: value for key, value in sums.items() if value}


def finished_count(samples, status="completed", package=PACKAGE["name"], cluster=CLUSTER["name"]):
    return samples.value(
        "xplenty_jobs_finished_total", package=package, cluster=cluster, status=status
    )


def jobs_gauge(samples, status, package=PACKAGE["name"], cluster=CLUSTER["name"]):
    return samples.value("xplenty_jobs", package=package, cluster=cluster, status=status)


def anomalies(samples):
    """The anomaly counts above 0, by reason."""
    found = samples.family("xplenty_exporter_job_anomalies_total").items()
    return {dict(labels)["reason"]: value for labels, value in found if value > 0}


class HighWater:
    """Checks that no counter falls from one scrape to the next."""

    def __init__(self, test, counters_of=counters):
        self.test, self.counters_of, self.highest = test, counters_of, {}

    def see(self, samples, complete=True):
        """Compares with earlier scrapes; with `complete` no series may be missing either."""
        now = self.counters_of(samples)
        fallen = {
            key: (self.highest[key], value)
            for key, value in now.items()
            if value < self.highest.get(key, value)
        }
        missing = self.highest.keys() - now.keys() if complete else set()
        self.test.assertEqual(({}, set()), (fallen, missing))
        self.highest.update(now)
        return samples


def count_from(samples):
    return samples.value("xplenty_exporter_count_from_timestamp_seconds")


def assert_exact(test, simulator, samples, lookback=86400):
    """Checks that every sample of the scrape equals the simulator's truth."""
    test.assertEqual(samples.value("xplenty_up"), 1)
    truth = simulator.truth(lookback=lookback, count_from=count_from(samples))
    expected, actual = expected_job_samples(truth), actual_job_samples(samples)
    if expected != actual:
        differences = {
            key: (expected.get(key), actual.get(key))
            for key in expected.keys() | actual.keys()
            if expected.get(key) != actual.get(key)
        }
        test.fail(f"expected and actual differ in {len(differences)} samples, such as "
                  f"{sorted(differences.items(), key=str)[:10]}")
