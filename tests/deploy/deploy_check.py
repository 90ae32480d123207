"""Checks of the files in deploy/: deploy_check.py prometheus | scrape_configs | kubernetes | compose | shell | systemd

Exits 0, 1 with the complaints, or 77 (skipped, says why) where a tool is not everywhere to be had.
"""

import pathlib
import re
import shutil
import sys
import tempfile

import yaml

from compose_check import compose
from kubernetes_check import kubernetes
from scrape_configs_check import scrape_configs
from tools import DEPLOY, ROOT, need, run


def prometheus():
    need("promtool")
    folder = DEPLOY / "prometheus"
    rules = folder / "rules" / "xplenty-alerts.yml"
    tests = folder / "rules" / "xplenty-alerts_test.yml"
    run("promtool", "check", "config", folder / "prometheus.yml")
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", rules)
    run("promtool", "test", "rules", tests)

    problems = []
    cases = {True: set(), False: set()}
    for test in yaml.safe_load(tests.read_text())["tests"]:
        for case in test["alert_rule_test"]:
            cases[bool(case["exp_alerts"])].add(case["alertname"])
    sections = re.findall(r"^## (\w+)$", (folder / "RUNBOOK.md").read_text(), re.MULTILINE)
    alerts = [r for g in yaml.safe_load(rules.read_text())["groups"] for r in g["rules"]]
    for alert in alerts:
        name = alert["alert"]
        annotations = alert.get("annotations", {})
        if alert.get("labels", {}).get("severity") not in ("critical", "warning", "info"):
            problems.append(f"{name}: no severity")
        if not annotations.get("summary", "").endswith(".") or "{{" in annotations["summary"]:
            problems.append(f"{name}: the summary is not a static sentence")
        if not annotations.get("description"):
            problems.append(f"{name}: no description")
        if annotations.get("runbook") != f"deploy/prometheus/RUNBOOK.md#{name.lower()}":
            problems.append(f"{name}: no link to its section of the runbook")
        if name not in sections:
            problems.append(f"{name}: no section in RUNBOOK.md")
        if name not in cases[True]:
            problems.append(f"{name}: no test in which it fires")
        if name not in cases[False]:
            problems.append(f"{name}: no test in which it stays quiet")
    for name in set(sections) - {alert["alert"] for alert in alerts}:
        problems.append(f"RUNBOOK.md: there is no alert {name}")
    return problems


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
        # A program that is not installed would be a complaint of its own.
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(unit.read_text().replace("/usr/bin/xplenty_exporter", "/bin/true"))
        shutil.copy(listener, folder)
        result = run("systemd-analyze", "verify", "--man=no", copy, copy.with_suffix(".socket"))
        # It exits 0 on unknown keys: silence is what counts. Complaints of other units are not ours.
        complaints = [
            line for line in (result.stdout + result.stderr).splitlines() if unit.stem in line
        ]
        if not complaints:
            run("systemd-analyze", "security", "--offline=true", "--threshold=20", copy)
    return complaints


def main():
    known = (prometheus, scrape_configs, kubernetes, compose, shell, systemd)
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
