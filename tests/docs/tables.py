"""The tables in docs/ that are generated from the program: tables.py [--write]

    XPLENTY_BIN_DIR=build/dev/bin /usr/bin/python3 tests/docs/tables.py --write

Without --write, compares them and prints the differences.
flags: names, defaults, variables and texts of --help; a config key where the config file has one.
metrics: names, types, HELP and labels of a scrape that has all of them. buckets: the bounds in that scrape.
cost: what --config.check says of some settings.
"""

import contextlib
import difflib
import re
import sys
import tempfile

import program
from program import ROOT

from harness import ConfigFile, Exporter, Samples, Simulator, wait_for  # noqa: I001
from jobs import NOW, finished, unfinished

# The section that says more about a flag.
SECTIONS = {
    "config.file": "#config-file",
    "account.api-key-file": "#the-api-key",
    "accounts.shard": "#shards",
    "storage.reset": "operations.md#back-up-and-move-a-ledger",
    "metrics.created-timestamps": "metrics.md#created-timestamps",
    "metrics.native-histograms": "metrics.md#native-histograms",
    "metrics.max-series": "metrics.md#cardinality",
    "web.probe-only": "#one-account-as-a-target",
    "web.config.file": "security.md#tls-and-basic-auth",
    "web.enable-lifecycle": "#reload",
    "once": "getting-started.md#one-refresh---once",
}
# Text in these forms is set as code: flags, names of metrics and variables, labels with a value.
CODE = re.compile(r'--[a-z][\w.-]*\w|\b(?:xplenty|process)_[\w*]+|\b\w+="\w+"|\b[A-Z]+_[A-Z_]+\b|\b_created\b')


def code(text):
    return f"`{text}`" if text else ""


def prose(text):
    return CODE.sub(lambda match: code(match[0]), text.replace("|", "\\|"))


def table(header, rows):
    def line(cells):
        return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|\n"

    return line(header) + "|" + "---|" * len(header) + "\n" + "".join(map(line, rows))


def flags():
    keys = program.config_keys()
    rows = []
    for flag in program.flags().values():
        name = code("--" + flag.name)
        if flag.name in SECTIONS:
            name = f"[{name}]({SECTIONS[flag.name]})"
        key = flag.key if flag.key in keys else ""
        rows.append([name, code(key), code(flag.variable), code(flag.default), prose(flag.help)])
    return table(["flag", "config key", "environment", "default", "meaning"], rows)


def scrape():
    """The text of a scrape that has all families."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        simulator = Simulator("--account=demo")
        stack.callback(simulator.close)
        simulator.post_jobs(finished(1), finished(2, "failed"), unfinished(3),
                            unfinished(4, "running", started=NOW, progress=0.5))
        account = {"id": "demo", "expected_intervals": {"sales": "24h"}}
        exporter = Exporter(simulator, "--metrics.per-job", config=ConfigFile(folder, [account], {}))
        stack.callback(exporter.close)
        exporter.ready()

        def complete():
            text = exporter.get().text
            return text if Samples(text).value("xplenty_up") == 1 else None

        return wait_for(complete, "the first refresh")


class Families:
    """The families of a scrape, in its order: type, HELP, labels and upper bounds."""

    def __init__(self, text):
        self.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        self.helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
        self.labels = {name: [] for name in self.types}
        self.bounds = {}
        for sample, labels in re.findall(r"^(\w+)(?:\{(.*?)\})? \S+$", text, re.M):
            name = sample if sample in self.types else sample.rsplit("_", 1)[0]
            for label, value in re.findall(r'(\w+)="([^"]*)"', labels):
                if label == "le":
                    bounds = self.bounds.setdefault(name, [])
                    if value not in bounds:
                        bounds.append(value)
                elif label not in self.labels[name]:
                    self.labels[name].append(label)


# Settings of `metrics` whose cost is shown.
COSTS = {
    "the defaults": {},
    "`runtime_buckets: [60, 600, 3600, 14400]`": {"runtime_buckets": [60, 600, 3600, 14400]},
    "also `wait_buckets: [60, 600]`": {"runtime_buckets": [60, 600, 3600, 14400], "wait_buckets": [60, 600]},
    "`--metrics.created-timestamps`": {"created_timestamps": True},
    "`labels: {cluster: {value: none}}`": {"labels": {"cluster": {"value": "none"}}},
    "`series_retention: 1d`": {"series_retention": "1d"},
    "`max_series: 200000`": {"max_series": 200000},
}


def cost_of(settings):
    """What the program says: series of a pair and of a package, clusters, packages, runs a day."""
    settings = dict(settings)
    flags = ["--metrics.created-timestamps"] if settings.pop("created_timestamps", False) else []
    with tempfile.TemporaryDirectory() as folder:
        config = ConfigFile(folder, [{"id": "demo"}], {"metrics": settings})
        text = program.run(f"--config.file={config}", "--config.check", *flags).stdout
    pair, package = re.search(r"costs (\d+)(?: series, and each package (?=\d)| \+ )(\d+)", text).groups()
    clusters, runs = re.search(r" (\d+) clusters", text), re.search(r"up to (\d+) runs a day", text)
    packages = re.search(r"(\d+) packages(?: at most)?\.", text)[1]
    return [pair, package, packages, *(number[1] if number else "any number" for number in (clusters, runs))]


def cost():
    def grouped(number):
        return f"{int(number):,}" if number.isdigit() else number

    header = ["settings of `metrics`", "a (package, cluster)", "a package", "packages that fit", "clusters", "runs a day"]
    return table(header, [[name, *map(grouped, cost_of(settings))] for name, settings in COSTS.items()])


def stability(name):
    return "standard" if name.startswith("process_") else "stable"


def metrics(families):
    rows = [
        [code(name), kind, ", ".join(families.labels[name]) or "none", stability(name), prose(families.helps[name])]
        for name, kind in families.types.items()
    ]
    return table(["metric", "type", "labels", "stability", "meaning"], rows)


def buckets(families):
    def shown(bounds):
        return ", ".join(f"{float(bound):g}" for bound in bounds if bound != "+Inf")

    rows = [[code(name), shown(bounds)] for name, bounds in families.bounds.items()]
    return table(["histogram", "upper bounds in seconds"], rows)


def replaced(text, name, content):
    begin, end = (f"<!-- {name}: {edge} -->\n" for edge in ("begin", "end"))
    head, rest = text.split(begin)
    return head + begin + content + end + rest.split(end)[1]


def main():
    if sys.argv[1:] not in ([], ["--write"]):
        sys.exit(__doc__)
    families = Families(scrape())
    tables = {
        "docs/configuration.md": {"flags": flags()},
        "docs/metrics.md": {"metrics": metrics(families), "buckets": buckets(families), "cost": cost()},
    }
    different = False
    for page, contents in tables.items():
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        generated = text
        for name, content in contents.items():
            generated = replaced(generated, name, content)
        if sys.argv[1:]:
            path.write_text(generated, encoding="utf-8")
        elif generated != text:
            different = True
            lines = (text.splitlines(True), generated.splitlines(True))
            sys.stdout.writelines(difflib.unified_diff(*lines, page, "generated: tests/docs/tables.py --write"))
    if not different:
        print("ok")
    return different


if __name__ == "__main__":
    sys.exit(main())
