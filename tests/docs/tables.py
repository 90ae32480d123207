"""The tables in docs/ that are generated from the program: tables.py [--write]

    XPLENTY_BIN_DIR=build/dev/bin /usr/bin/python3 tests/docs/tables.py --write

Without --write, compares them and prints the differences.
flags: names, defaults, variables and texts of --help; a config key where the config file has one.
metrics: names, types, HELP and labels of a scrape that has all of them. buckets: the bounds in that scrape.
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
    "metrics.max-series": "metrics.md#what-it-costs-in-series",
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
        "docs/metrics.md": {"metrics": metrics(families), "buckets": buckets(families)},
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
