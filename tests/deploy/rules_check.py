"""Checks of the rules: each alert is tested, described, and has its page."""

import concurrent.futures
import re

import yaml

import dashboard_lint
from tools import DEPLOY, ROOT, RULES, need, rule_files, run

RUNBOOKS = "https://xplenty-exporter.example/docs/alerts"
PAGES = ROOT / "docs" / "alerts"


def tested(files):
    """The names of the alerts that some test makes fire, and of those that some test keeps quiet."""
    fires, quiet = set(), set()
    for file in files:
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for case in test.get("alert_rule_test", []):
                (fires if case["exp_alerts"] else quiet).add(case["alertname"])
    return fires, quiet


def of_alert(alert):
    annotations = alert.get("annotations", {})
    if alert.get("labels", {}).get("severity") not in ("critical", "warning", "info"):
        yield "no severity"
    summary = annotations.get("summary", "")
    if not summary.endswith(".") or "{{" in summary:
        yield "the summary is not a static sentence"
    if "{{" not in annotations.get("description", ""):
        yield "the description does not name the subject"
    if annotations.get("runbook_url") != f"{RUNBOOKS}/{alert['alert']}.md":
        yield f"runbook_url is not its page under {RUNBOOKS}"


def of_names(where, names, alerts):
    """Checks that `names` are exactly the alerts."""
    for name in sorted(alerts - names):
        yield f"{name} is not in {where}"
    for name in sorted(names - alerts):
        yield f"{where} has {name}, which is not an alert"


def of_pages(series):
    """Checks that the metrics that a page names exist."""
    for page in sorted(PAGES.glob("*.md")):
        for name in sorted(set(re.findall(r"(?<![\w:/])(?:\w+:)?xplenty_\w+(?::\w+)?", page.read_text(encoding="utf-8")))):
            if name not in series.known and name != "xplenty_exporter" and not name.endswith("_"):
                yield f"docs/alerts/{page.name}: {name} is unknown"


def rules():
    need("promtool")
    need("amtool")
    files = rule_files()
    tests = sorted(RULES.glob("*_test.yml"))
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *files)
    run("amtool", "check-config", DEPLOY / "prometheus" / "alertmanager.yml")
    with concurrent.futures.ThreadPoolExecutor() as pool:  # each takes seconds
        list(pool.map(lambda test: run("promtool", "test", "rules", test), tests))

    problems = []
    fires, quiet = tested(tests)
    alerts = set()
    for file in files:
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    if not re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z0-9]+", rule["record"]):
                        problems.append(f"{rule['record']}: not level:metric:operation")
                    continue
                name = rule["alert"]
                alerts.add(name)
                problems += [f"{name}: {problem}" for problem in of_alert(rule)]
    problems += [f"{name}: no test in which it fires" for name in alerts - fires]
    problems += [f"{name}: no test in which it stays quiet" for name in alerts - quiet]
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README"}
    problems += of_names("docs/alerts", pages, alerts)
    table = (ROOT / "docs" / "alerting.md").read_text(encoding="utf-8")
    names = set(re.findall(r"^\| \[(Xplenty\w+)\]", table, re.M))
    problems += of_names("the table of docs/alerting.md", names, alerts)
    return problems + list(of_pages(dashboard_lint.Series()))
