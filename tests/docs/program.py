"""What the program says about itself: the flags of --help, and the keys of the config file."""

import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from harness import BIN  # noqa: E402

# One mapping for each place of the config file that has keys, each with an unknown key.
UNKNOWN = {
    "": {"x": 0},
    "api": {"api": {"x": 0}},
    "refresh": {"refresh": {"x": 0}},
    "metrics": {"metrics": {"x": 0}},
    "metrics.labels": {"metrics": {"labels": {"x": 0}}},
    **{
        f"metrics.labels.{label}": {"metrics": {"labels": {label: {"x": 0}}}}
        for label in ("account", "package", "cluster")
    },
    **{
        f"metrics.labels.{label}.replace": {"metrics": {"labels": {label: {"replace": [{"x": 0}]}}}}
        for label in ("package", "cluster")
    },
    "accounts": {"accounts": [{"id": "a", "x": 0}]},
    "accounts.packages": {"accounts": [{"id": "a", "packages": {"x": 0}}]},
}


@dataclasses.dataclass
class Flag:
    name: str  # "refresh.min-interval"
    default: str  # may be empty
    variable: str  # of the environment; may be empty
    help: str

    @property
    def key(self):
        return self.name.replace("-", "_")


def run(*arguments, env=None):
    return subprocess.run([BIN / "xplenty_exporter", *arguments], env=env or {}, check=False,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)


@functools.cache
def flags():
    """All flags in the order of --help, by name."""
    # A default is written `--flag TYPE=10s` by Debian 12's CLI11, `--flag TYPE [10s]` by Debian 13's.
    line_of_flag = r"  (?:-h,)?--([\w.-]+)(?: [A-Z]+(?:=(\S+)| \[(\S+)\])?)?\s+(.*)"
    found = {}
    for line in re.sub(r"\n {20,}", " ", run("--help").stdout).splitlines():
        if match := re.fullmatch(line_of_flag, line):
            name, before, behind, text = match.groups()
            text, variable = re.fullmatch(r"(.*?)(?: \[(XPLENTY_\w+)\])?", text).groups()
            found[name] = Flag(name, before or behind or "", variable or "", text)
    return found


def check_config(path):
    return run(f"--config.file={path}", "--config.check", "--api.ca-file=")


@functools.cache
def config_keys():
    """All keys of the config file, which the program lists when it meets an unknown one."""
    keys = set()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "xplenty.yml")
        for section, wrong in UNKNOWN.items():
            path.write_text(json.dumps(wrong), encoding="utf-8")
            message = check_config(path).stderr
            expected = re.search(r'unknown key "x".*: expected one of (.*)', message)[1].split(", ")
            keys |= {f"{section}.{key}".lstrip(".") for key in expected}
    return keys - set(UNKNOWN)
