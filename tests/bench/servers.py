"""The processes that the system benchmark starts: each a child of its own on 127.0.0.1, ended by its pid."""

import contextlib
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

from harness import BIN, DEADLINE_SECONDS, Exporter, Process, hold_port, http, wait_for

HERE = pathlib.Path(__file__).resolve().parent
GO_LIBRARY = "/usr/share/gocode/src/github.com/prometheus/client_golang/prometheus/promhttp"


HELD_PORTS = []


def free_port():
    """A port that no other process gets before this one ends."""
    HELD_PORTS.append(hold_port())
    return HELD_PORTS[-1].getsockname()[1]


def children(pid):
    """The pid and the pids of its children."""
    found = [pid]
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it has ended meanwhile
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(folder.name))
    return found


def cpu_seconds(pid):
    """User and system time of a process, its threads and its children, in ticks of 10 ms."""
    ticks = 0
    for one in children(pid):
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def client_cpus():
    """The first CPU that this process may use, for the client."""
    return {min(os.sched_getaffinity(0))}


@contextlib.contextmanager
def away_from_the_client(pid):
    """Keeps a process and its children off the client's CPU, if there is another CPU. The scheduler's own
    choice differs from server to server, and a short scrape can take twice as long by it."""
    usable = os.sched_getaffinity(0)
    put(pid, usable - client_cpus() or usable)
    try:
        yield
    finally:
        put(pid, usable)


def put(pid, cpus):
    for one in children(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            for thread in pathlib.Path(f"/proc/{one}/task").iterdir():
                os.sched_setaffinity(int(thread.name), cpus)


def rss_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no VmRSS of {pid}")


SPIN = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


class AwakeCpus:
    """Keeps every CPU busy with a process of the lowest priority. A virtual machine takes longer to wake a
    sleeping CPU than most scrapes take, and whether one sleeps depends on nothing that is measured."""

    def __init__(self):
        self.spinners = [subprocess.Popen([sys.executable, "-c", SPIN])
                         for _ in os.sched_getaffinity(0)]

    def close(self):
        for spinner in self.spinners:
            spinner.kill()
            spinner.wait()


class Server:
    """A server of /metrics that is compared with others."""

    def __init__(self, name, process, port):
        self.name, self.process, self.port = name, process, port

    @property
    def pid(self):
        return self.process.process.pid

    def responds(self):
        if self.process.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.process.output()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def close(self):
        self.process.close()


class Nginx(Server):
    def close(self):
        """Ends it with SIGTERM, as its workers would outlive a master that is killed."""
        if self.process.process.poll() is None:
            self.process.signal(signal.SIGTERM)
            self.process.wait()
        self.process.close()


def port_of(process):
    return int(process.wait_for_log(r"Listening on address=127\.0\.0\.1:(\d+)")[1])


class PageServer(Process):
    """The API of the benchmark: see page_server.cc."""

    key = "demo-key"

    def __init__(self, jobs, packages, clusters, latency_ms=0):
        super().__init__([BIN / "bench_page_server", f"--jobs={jobs}", f"--packages={packages}",
                          f"--clusters={clusters}", f"--latency-ms={latency_ms}"])
        self.url = f"http://127.0.0.1:{port_of(self)}"

    def change(self, count):
        response = http("POST", f"{self.url}/change?n={count}", b"")
        assert response.status == 200, response.text

    def stats(self):
        return http("GET", f"{self.url}/stats").json()


class ExporterServer(Server):
    """The exporter, with any number of series and no zero-first delay."""

    def __init__(self, api, *flags, storage=None):
        self.storage = storage
        process = Exporter(api, "--metrics.max-series=100000000", *flags, storage=storage)
        process.serving()
        super().__init__("xplenty_exporter", process, int(process.url.rpartition(":")[2]))

    def await_ready(self, deadline=1800):
        """Waits until the first refresh has ended."""
        wait_for(lambda: http("GET", self.process.url + "/-/ready").status == 200,
                 "the first refresh", max(deadline, DEADLINE_SECONDS))
        return self

    def rss_bytes(self):
        return rss_bytes(self.pid)


NGINX = """\
daemon off; master_process on; worker_processes auto; pid {folder}/nginx.pid;
{user}error_log stderr error;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; gzip_static on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type "text/plain; version=0.0.4; charset=utf-8";
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def nginx(saved):
    """nginx, which serves `metrics` and `metrics.gz` of the saved folder as files."""
    port = free_port()
    # Started as root it would serve as a user who may not read the folder.
    user = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""
    config = saved.folder / "nginx.conf"
    config.write_text(NGINX.format(folder=saved.folder, port=port, user=user))
    process = Process([tool("nginx"), "-c", config, "-p", saved.folder, "-e", "stderr"])
    return Nginx("nginx, a file", process, port)


def exposer(saved):
    process = Process([BIN / "bench_exposer_peer", f"--exposition={saved.plain}"])
    return Server("prometheus-cpp", process, port_of(process))


def python_client(saved):
    port = free_port()
    peer = HERE / "peers" / "client_peer.py"
    process = Process([sys.executable, peer, port, saved.plain])
    return Server("Python client", process, port_of(process))


def go_client(saved, work):
    process = Process([go_binary(work), saved.plain])
    return Server("Go client", process, port_of(process))


def tool(name):
    """The path of a program, also outside of everyone's PATH; None if it is not installed."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def go_binary(work):
    """Builds the Go peer from Debian's packages alone, without the network."""
    binary, source = work / "go_peer", HERE / "peers" / "go_peer.go"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        env = {**os.environ, "GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOFLAGS": "",
               "GOPROXY": "off", "CGO_ENABLED": "0", "GOCACHE": str(work / "go-cache")}
        subprocess.run([tool("go"), "build", "-o", str(binary), str(source)], env=env, check=True)
    return binary


def missing():
    """{peer: the packages that it lacks}"""
    found = {}
    if tool("nginx") is None:
        found["nginx, a file"] = "nginx"
    if tool("go") is None or not os.path.isdir(GO_LIBRARY):
        found["Go client"] = "golang-go and golang-github-prometheus-client-golang-dev"
    library = [sys.executable, "-c", "import prometheus_client"]
    if subprocess.run(library, stderr=subprocess.DEVNULL).returncode != 0:
        found["Python client"] = f"python3-prometheus-client, for {sys.executable}"
    return found
