"""Measures the exporter beside other servers on this machine: see the README of the tests.

Everything runs on 127.0.0.1 and is ended by its pid. The servers that are compared must serve the same
samples, or the run fails; no duration makes it fail.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import changed  # noqa: E402
import first_refresh  # noqa: E402
import growth  # noqa: E402
import memory  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
import servers  # noqa: E402
import unchanged  # noqa: E402

PARTS = {"unchanged": unchanged, "changed": changed, "first_refresh": first_refresh,
         "memory": memory, "growth": growth}


@dataclasses.dataclass
class Size:
    """The sizes of one run. An account is (packages, clusters), where each package runs on each cluster."""

    accounts: tuple = ((4, 3), (26, 5), (260, 5))  # 1,000, 10,000 and 100,000 series
    rounds: int = 3
    load_seconds: float = 0.7
    changed_account: tuple = (1000, 10)
    changed_rounds: int = 5
    first_jobs: int = 100_000
    memory_accounts: tuple = ((26, 5), (260, 5))
    flat_refreshes: int = 10_000
    growth_jobs: tuple = (1_000, 10_000, 100_000, 1_000_000)


SMOKE = Size(accounts=((2, 2),), rounds=1, load_seconds=0.05, changed_account=(3, 2),
             changed_rounds=2, first_jobs=300, memory_accounts=((1, 1), (3, 2)),
             flat_refreshes=200, growth_jobs=(100, 300))


class Bench:
    """The state that all parts share: sizes, folders, and the processes to end."""

    def __init__(self, size, work):
        self.size, self.work = size, work
        self.missing = servers.missing()
        self.begin = time.monotonic()
        self.stacks = []

    @contextlib.contextmanager
    def scope(self):
        """Ends what is started inside it and removes its folders, the last first."""
        with contextlib.ExitStack() as stack:
            self.stacks.append(stack)
            try:
                yield
            finally:
                self.stacks.pop()

    def keep(self, process):
        self.stacks[-1].callback(process.close)
        return process

    def folder(self):
        return self.stacks[-1].enter_context(tempfile.TemporaryDirectory(prefix="bench-"))

    def say(self, text):
        print(f"[{time.monotonic() - self.begin:6.1f} s] {text}", file=sys.stderr, flush=True)


def machine():
    model = [line.partition(":")[2].strip()
             for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return {"cpu": model[0] if model else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "load_before": os.getloadavg()[0]}


def write(out, results):
    everything = {"machine": results["machine"], "missing": results["missing"], "parts": {
        name: {"rows": part["rows"], "targets": [t.as_dict() for t in part["targets"]]}
        for name, part in results["parts"].items()}}
    path = out / "results.json"
    path.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    written = [path]
    for name, draw in plot.PLOTS.items():
        if name in results["parts"]:
            path = out / f"{name}.svg"
            path.write_text(draw(everything["parts"][name]["rows"]), encoding="utf-8")
            written.append(path)
    return written


def show_part(name, part):
    rows = part["rows"]
    if name == "unchanged":
        rows = report.ratios_to(rows, unchanged.FLOOR)
    print(f"\n## {name}\n\n{report.table(rows)}", flush=True)


def show_targets(results):
    targets = [t for part in results["parts"].values() for t in part["targets"]]
    print(f"\n## Targets\n\n{report.of_targets(targets)}\n")
    for peer, what in results["missing"].items():
        print(f"left out: {peer}, as {what} is not installed: deploy/install-packages.sh bench")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="use tiny sizes, to check that it works")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="NAME",
                        help=f"one part, repeatable: {', '.join(PARTS)}")
    parser.add_argument("--out", type=pathlib.Path, help="folder for results and plots")
    parser.add_argument("--work", type=pathlib.Path, help="folder where the Go peer is built")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all started processes end, too
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        out = options.out or pathlib.Path(scratch)
        work = options.work or out
        for folder in (out, work):
            folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(SMOKE if options.smoke else Size(), work.resolve())
        if "Go client" not in bench.missing:
            bench.say("building the Go peer, unless it exists")
            servers.go_binary(bench.work)
        results = {"machine": machine(), "missing": bench.missing, "parts": {}}
        for name in options.only or PARTS:
            results["parts"][name] = PARTS[name].run(bench)
            written = write(out, results)  # at once, as the next part may fail
            show_part(name, results["parts"][name])
        show_targets(results)
        if options.smoke:
            print("The sizes are too small for the figures to mean anything.")
        if options.out:
            print("written: " + ", ".join(str(path) for path in written))
        bench.say("done")


if __name__ == "__main__":
    main()
