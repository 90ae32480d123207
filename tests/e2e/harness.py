"""Starts the real binaries on loopback and port 0, and reads their output: the base of the end-to-end tests.

Tests use HTTP only. Nothing here sleeps and hopes: wait_for() polls a condition and fails at its deadline.
"""

import functools
import gzip
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import exposition

BIN = pathlib.Path(os.environ["XPLENTY_BIN_DIR"])
# Builds with a sanitizer use the simulator of another build.
SIMULATOR = pathlib.Path(os.environ.get("XPLENTY_SIMULATOR", BIN / "xplenty_simulator"))
# This is long, since sanitizers and a busy machine slow everything down; reaching it is always a failure.
DEADLINE_SECONDS = 300
# The timeout that a scrape sends. A scrape ends earlier, when its refresh does; the client waits longer than this.
SCRAPE_SECONDS = 240


def wait_for(condition, what, deadline=DEADLINE_SECONDS):
    """Returns the first truthy value of condition(), with little delay. Raises an AssertionError with
    `what` at the deadline."""
    begin = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        waited = time.monotonic() - begin
        if waited > deadline:
            raise AssertionError(f"waited {deadline} s without result: {what}")
        time.sleep(min(max(0.02, waited / 50), 0.5))


def hold_port():
    """A socket that is bound to a port of loopback and does not listen. While it is open, only a server that asks for
    the port by number gets it, so a server can leave the port and take it again."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def http(method, url, data=None, headers=None, timeout=DEADLINE_SECONDS):
    """Returns the response, with any status; without a response it raises an OSError."""
    body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as response:
            return Response(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Response(error.code, error.headers, error.read())


class Process:
    """A child process whose stderr goes to a file. It is stopped by its own pid."""

    def __init__(self, arguments, env=None, stdout=None):
        self.log = tempfile.NamedTemporaryFile(mode="w+", suffix=".log", delete=False)
        clean = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY")}
        clean.update(env or {})
        self.arguments = [str(a) for a in arguments]
        self.process = subprocess.Popen(
            self.arguments, env=clean, stderr=self.log, stdout=stdout, stdin=subprocess.DEVNULL
        )

    def output(self):
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def wait_for_log(self, pattern):
        def found():
            match = re.search(pattern, self.output())
            if match is None and self.process.poll() is not None:
                raise AssertionError(f"{self.arguments[0]} ended: {self.output()}")
            return match

        return wait_for(found, f"{self.arguments[0]} to log {pattern!r}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=DEADLINE_SECONDS):
        return self.process.wait(timeout)

    def open_files(self):
        """The targets of its descriptors in /proc; those that close meanwhile are left out."""
        found = []
        for descriptor in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                found.append(os.readlink(descriptor))
            except FileNotFoundError:
                pass
        return found

    def sockets(self):
        """The number of open sockets."""
        return sum(target.startswith("socket:") for target in self.open_files())

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self):
        self.kill()
        self.log.close()
        os.unlink(self.log.name)


class Simulator(Process):
    """By default it has no rows, and its clock stands still: the test sets both."""

    NOW = "2026-03-04T12:00:00Z"

    def __init__(self, *flags, key="demo-key"):
        listen = "--listen-address=127.0.0.1:0"
        # The usual limit of 5,000 an hour would spread refreshes, one every 1.4 s.
        no_limit = "--rate-limit=1000000000"
        defaults = [listen, "--speed=0", "--jobs=0", f"--start-time={self.NOW}", no_limit]
        names = {flag.split("=")[0] for flag in flags}
        defaults = [flag for flag in defaults if flag.split("=")[0] not in names]
        super().__init__(
            [SIMULATOR, *defaults, *flags],
            env={"XPLENTY_SIMULATOR_API_KEY": key},
        )
        self.key = key
        self.url = "http://" + self.wait_for_log(r"Listening on address=(\S+)")[1]

    def control(self, method, path, data=None, account=None):
        if account is not None:
            path += ("&" if "?" in path else "?") + "account=" + urllib.parse.quote(account)
        headers = {"Content-Type": "application/json"}  # a form is limited to 8 KiB
        response = http(method, self.url + path, data, headers)
        assert response.status == 200, (path, response.status, response.text)
        return response.json() if response.body else None

    # `account` is the id of an account; None is the first one, and "*" all accounts, where that is possible.

    def post_jobs(self, *jobs, account=None):
        return self.control("POST", "/_jobs", list(jobs), account)

    def delete_job(self, job_id, account=None):
        self.control("DELETE", f"/_jobs/{job_id}", account=account)

    def faults(self, account=None, **faults):
        self.control("POST", "/_faults", faults, account)

    def clear_faults(self, account=None):
        self.control("DELETE", "/_faults", account=account)

    def advance(self, seconds, live=False):
        self.control("POST", "/_clock", {"advance_seconds": seconds, "live": live})

    def now(self):
        return self.control("GET", "/_clock")["now"]

    def requests(self, account=None):
        return self.control("GET", "/_requests", account=account)

    def forget_requests(self, account=None):
        self.control("DELETE", "/_requests", account=account)

    def truth(self, lookback=86400, count_from=0, account=None):
        path = f"/_truth?lookback={lookback}&count_from={int(count_from)}"
        return self.control("GET", path, account=account)


class Samples(dict):
    """{(name, frozenset of labels): value} of an exposition, for simple comparisons."""

    LINE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{(.*?)\})? (\S+)(?: # \{.*)?$")
    LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)')
    ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}

    def __init__(self, text):
        super().__init__()
        for line in text.split("\n"):
            if not line or line.startswith("#"):
                continue
            key, value = self.sample(line)
            assert key not in self, f"two samples of {line}"
            self[key] = value

    @staticmethod
    @functools.lru_cache(maxsize=2**17)  # most lines are the same as in the previous scrape
    def sample(line):
        name, labels, value = Samples.LINE.match(line).groups()
        return (name, Samples.labels(labels or "")), float(value)

    @staticmethod
    @functools.lru_cache(maxsize=2**17)  # tests scrape the same series many times
    def labels(text):
        return frozenset(
            (key, re.sub(r'\\[n"\\]', lambda m: Samples.ESCAPES[m[0]], escaped))
            for key, escaped in Samples.LABEL.findall(text)
        )

    def value(self, name, **labels):
        """The value of the one sample with that name and these labels, or None."""
        found = [v for (n, ls), v in self.items() if n == name and set(labels.items()) <= ls]
        assert len(found) <= 1, f"{len(found)} samples of {name} {labels}"
        return found[0] if found else None

    def family(self, name):
        """{labels without account, as a sorted tuple: value}"""
        return {
            tuple(sorted((k, v) for k, v in ls if k != "account")): value
            for (n, ls), value in self.items()
            if n == name
        }


class Exporter(Process):
    def __init__(self, simulator, *flags, storage=None, key=None, env=None, stdout=None,
                 listen="127.0.0.1:0", config=None):
        """`storage` is the folder of the ledger, or None for no storage. By default every scrape refreshes.
        `config` is the path of a config file, which then names the accounts."""
        defaults = ["--refresh.min-interval=0s", "--metrics.zero-hold=0s"]
        names = {flag.split("=")[0] for flag in flags}
        defaults = [flag for flag in defaults if flag.split("=")[0] not in names]
        environment = {"XPLENTY_API_URL": simulator.url}
        if config is None:
            environment["XPLENTY_ACCOUNT_ID"] = "demo"
            environment["XPLENTY_API_KEY"] = simulator.key if key is None else key
        else:
            flags = (f"--config.file={config}", *flags)
        environment.update(env or {})
        super().__init__(
            [
                BIN / "xplenty_exporter",
                f"--web.listen-address={listen}",
                f"--storage.path={storage or ''}",
                *defaults,
                *flags,
            ],
            env=environment,
            stdout=stdout,
        )
        self.url = None

    def ready(self):
        """Waits until it serves and its first refresh has been attempted."""
        self.serving()
        wait_for(lambda: self.get("/-/ready").status == 200, "the exporter to be ready")
        return self

    def serving(self):
        # The log is logfmt or JSON.
        line = r'"Listening on"[ ,]"?address"?[=:]"?([^\s"]+)'
        self.url = "http://" + self.wait_for_log(line)[1]
        return self

    def get(self, path="/metrics", headers=None, method="GET", timeout=DEADLINE_SECONDS):
        response = http(method, self.url + path, headers=headers, timeout=timeout)
        content_type = response.headers.get("Content-Type", "")
        openmetrics = content_type.startswith("application/openmetrics-text;")
        if method == "GET" and (openmetrics or content_type.startswith("text/plain; version=")):
            gzipped = response.headers.get("Content-Encoding") == "gzip"
            body = gzip.decompress(response.body) if gzipped else response.body
            exposition.check(body.decode(), openmetrics)
        return response

    def scrape(self, timeout_seconds=SCRAPE_SECONDS, path="/metrics"):
        response = self.get(path, headers={"X-Prometheus-Scrape-Timeout-Seconds": str(timeout_seconds)})
        assert response.status == 200, (response.status, response.text)
        return Samples(response.text)

    def probe(self, account, timeout_seconds=SCRAPE_SECONDS):
        return self.scrape(timeout_seconds, "/probe?target=" + urllib.parse.quote(account))

    def reload(self):
        """Sends SIGHUP and returns whether the log reports a successful reload."""
        verdicts = re.compile(r"msg=(Reloaded|\"Reload failed)")
        before = len(verdicts.findall(self.output()))
        self.signal(signal.SIGHUP)
        found = wait_for(lambda: verdicts.findall(self.output())[before:], "a reload")
        return found[0] == "Reloaded"

    def scrape_until(self, condition, what):
        """Scrapes until condition(samples) is truthy, and returns those samples."""

        def good():
            samples = self.scrape()
            return samples if condition(samples) else None

        return wait_for(good, what)

    def stop(self):
        """Sends SIGTERM and returns the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait()


class ConfigFile:
    """A config file and the key files of its accounts."""

    def __init__(self, folder, accounts, sections):
        self.folder = pathlib.Path(folder)
        self.path = self.folder / "xplenty.yml"
        self.write(*accounts, **sections)

    def write(self, *accounts, **sections):
        """Replaces the file at once."""
        entries = []
        for account in accounts:
            entry = {"id": account} if isinstance(account, str) else dict(account)
            if "api_key_file" not in entry:
                entry["api_key_file"] = self.key_file(entry["id"])
            entries.append(entry)
        self.write_text(json.dumps({**sections, "accounts": entries}, indent=1))

    def write_text(self, text):
        new = self.path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        os.replace(new, self.path)

    def key_file(self, account, key="demo-key"):
        path = self.folder / f"{account}.key"
        path.write_text(key, encoding="utf-8")
        return path.name

    def __str__(self):
        return str(self.path)


class EndToEndTest(unittest.TestCase):
    """The base of end-to-end tests. Everything that a test starts is removed after it."""

    maxDiff = None

    def simulator(self, *flags, **options):
        return self._keep(Simulator(*flags, **options))

    def exporter(self, simulator, *flags, **options):
        return self._keep(Exporter(simulator, *flags, **options))

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def config(self, *accounts, **sections):
        """A config file of these accounts (ids, or dicts of their keys), in its own folder."""
        return ConfigFile(self.folder(), accounts, sections)

    def address(self):
        """An address of loopback that no other process gets before the test ends, even while nothing listens on it."""
        holder = hold_port()
        self.addCleanup(holder.close)
        return f"127.0.0.1:{holder.getsockname()[1]}"

    def _keep(self, process):
        self.addCleanup(process.close)
        return process

    def await_truth(self, exporter, truths):
        """Scrapes until the samples equal `truths`, {account: truth}, and returns them. A scrape of several accounts
        waits only about a second for a refresh, which can be too short on a busy machine."""
        expected = {account: expected_job_samples(truth) for account, truth in truths.items()}
        samples = None

        def exact():
            nonlocal samples
            samples = exporter.scrape()
            return all(actual_job_samples(samples, account) == figures for account, figures in expected.items())

        try:
            wait_for(exact, f"the truth of {', '.join(truths)}")
        except AssertionError:
            for account, truth in truths.items():
                self.assert_equals_truth(samples, truth, account)
            raise
        return samples

    def assert_equals_truth(self, samples, truth, account="demo"):
        """Checks that all job counters and gauges of the scrape equal the simulator's."""
        self.assertEqual(expected_job_samples(truth), actual_job_samples(samples, account))


def _histogram(name, labels, histogram):
    for bound, count in histogram["buckets"].items():
        yield (name + "_bucket", frozenset({**labels, "le": bound}.items())), count
    yield (name + "_count", frozenset(labels.items())), histogram["count"]
    yield (name + "_sum", frozenset(labels.items())), histogram["sum"]


def expected_job_samples(truth):
    expected = {}

    def add(name, labels, value):
        if value is not None:
            expected[name, frozenset(labels.items())] = value

    for series in truth["series"]:
        labels = {"package": series["package"], "cluster": series["cluster"]}
        if any(series["jobs"].values()):  # else the exporter leaves them out
            for status, count in series["jobs"].items():
                add("xplenty_jobs", {**labels, "status": status}, count)
        for status, count in series["finished"].items():
            add("xplenty_jobs_finished_total", {**labels, "status": status}, count)
            named = {**labels, "status": status}
            expected.update(_histogram("xplenty_job_runtime_seconds", named, series["runtime"][status]))
        expected.update(_histogram("xplenty_job_wait_seconds", labels, series["wait"]))
        add("xplenty_job_output_records_total", labels, series["records"])
        add("xplenty_job_progress_ratio", labels, series["progress_mean"])
        start, creation = "oldest_running_start", "oldest_waiting_creation"
        add(f"xplenty_job_{start}_timestamp_seconds", labels, series[start])
        add(f"xplenty_job_{creation}_timestamp_seconds", labels, series[creation])
        add("xplenty_job_unfinished_output_records", labels, series["unfinished_records"])
    for package in truth["packages"]:
        labels = {"package": package["package"]}
        for what in ("success", "failure", "finish"):
            add(f"xplenty_package_last_{what}_timestamp_seconds", labels, package[f"last_{what}"])
        if package["last_status"] is not None:
            for status in ("completed", "failed", "stopped"):
                value = int(package["last_status"] == status)
                add("xplenty_package_last_status", {**labels, "status": status}, value)
            add("xplenty_package_consecutive_failures", labels, package["consecutive_failures"])
        add("xplenty_package_last_success_runtime_seconds", labels, package["last_success_runtime"])
        add("xplenty_package_last_success_output_records", labels, package["last_success_records"])
    return {key: round(float(value), 9) for key, value in expected.items()}


@functools.cache
def is_of_jobs(name):
    return re.match(r"xplenty_(jobs?_|jobs$|package_)", name) is not None and not name.endswith("_info")


def actual_job_samples(samples, account="demo"):
    mine = ("account", account)
    return {
        (name, labels - {mine}): round(value, 9)
        for (name, labels), value in samples.items()
        if mine in labels and is_of_jobs(name)
    }


def unix(iso):
    return int(time.mktime(time.strptime(iso, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone)
