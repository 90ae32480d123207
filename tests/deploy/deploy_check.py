"""Checks of the files in deploy/: deploy_check.py rules | scrape_configs | kubernetes | compose | container | shell | systemd

Exit code: 0; 1 after printing the problems; 77 (skipped) after naming a tool that is not installed.
"""

import pathlib
import re
import shutil
import sys
import tempfile

import yaml

from compose_check import compose
from container_check import container
from kubernetes_check import kubernetes
from rules_check import rules
from scrape_configs_check import scrape_configs
from tools import DEPLOY, ROOT, need, run


def shell():
    need("shellcheck")
    scripts = sorted(
        path
        for folder in ("deploy", "tests", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and (path.suffix == ".sh" or path.parent.name == ".ci")
    )
    run("shellcheck", *scripts)
    problems = []
    for path in scripts:
        if not path.stat().st_mode & 0o100:
            problems.append(f"{path.relative_to(ROOT)}: not executable")
        if path.suffix == ".sh" and "\nset -euo pipefail\n" not in path.read_text():
            problems.append(f"{path.relative_to(ROOT)}: no set -euo pipefail")
    return problems


def systemd():
    need("systemd-analyze", optional=True)
    unit = DEPLOY / "systemd" / "xplenty_exporter.service"
    listener = unit.with_suffix(".socket")
    with tempfile.TemporaryDirectory() as folder:
        # systemd-analyze would also complain about a program that is not installed.
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(unit.read_text().replace("/usr/bin/xplenty_exporter", "/bin/true"))
        shutil.copy(listener, folder)
        result = run("systemd-analyze", "verify", "--man=no", copy, copy.with_suffix(".socket"))
        # It exits with 0 on unknown keys, so any output is a problem. Output about other units is ignored.
        complaints = [
            line for line in (result.stdout + result.stderr).splitlines() if unit.stem in line
        ]
        if not complaints:
            run("systemd-analyze", "security", "--offline=true", "--threshold=15", copy)
    return complaints


def main():
    known = (rules, scrape_configs, kubernetes, compose, container, shell, systemd)
    checks = {check.__name__: check for check in known}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    result = checks[sys.argv[1]]()
    if isinstance(result, int):
        return result
    print("\n".join(result) if result else "ok")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
