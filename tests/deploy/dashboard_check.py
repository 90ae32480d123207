"""Lints dashboards/*.json and holds the names in dashboards and alerts against the README.

The rules are those of Grafana's dashboard linter, plus layout and metric names.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import dashboard_queries as queries  # noqa: E402

RULES = ROOT / "deploy" / "prometheus" / "rules" / "xplenty-alerts.yml"
# Series of ours; `up` is Prometheus' own.
METRIC = re.compile(r"\b((?:xplenty|process)_[a-z0-9_]+)\b(\s*\{[^}]*\})?")

problems = []


def say(where, text):
    problems.append(f"{where}: {text}")


def documented_series():
    """The names of all series, from the metrics table of the README."""
    names = set()
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        match = re.match(r"\| `((?:xplenty|process)_\w+)` \| (\w+) \|", line)
        if not match:
            continue
        name, kind = match.groups()
        if kind == "histogram":
            names.update(name + suffix for suffix in ("_bucket", "_sum", "_count"))
        else:
            names.add(name)
    return names


def bare(expr):
    """The expression without strings, so that a label's value is not taken for a metric."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', expr)


def check_names(where, expr, known):
    for name, _ in METRIC.findall(bare(expr)):
        if name not in known:
            say(where, f"{name} is not in the metrics table of README.md")


def check_expression(where, expr):
    if not expr.strip():
        say(where, "empty query")
    for name, matchers in METRIC.findall(expr):
        for label in ("job", "instance"):
            if f'{label}=~"${label}"' not in matchers:
                say(where, f'{name}: no {label}=~"${label}"')
        if name.endswith(("_total", "_bucket")) and not re.search(
            r"(rate|increase)\(\s*" + name + r"\b", expr
        ):
            say(where, f"{name}: a counter outside of rate() and increase()")
    for window in re.findall(r"\brate\([^\[]*\[([^\]]+)\]", expr):
        if window != "$__rate_interval":
            say(where, f"rate over [{window}], not [$__rate_interval]")


def check_layout(path, panels):
    taken = []
    for panel in panels:
        where = f'{path.name}: panel {panel.get("id")} "{panel.get("title")}"'
        grid = panel.get("gridPos")
        if not grid:
            say(where, "no gridPos")
            continue
        x, y, w, h = (grid[key] for key in "xywh")
        if x < 0 or w < 1 or h < 1 or x + w > 24:
            say(where, "outside of the 24 columns")
        for other, (ox, oy, ow, oh) in taken:
            if x < ox + ow and ox < x + w and y < oy + oh and oy < y + h:
                say(where, f"overlaps {other}")
        taken.append((panel.get("title"), (x, y, w, h)))
        check_layout(path, panel.get("panels", []))


def check_panel(where, panel):
    if panel["type"] == "row":
        return
    if not panel.get("title") or not panel.get("description"):
        say(where, "no title or no description")
    if panel.get("datasource") != {"type": "prometheus", "uid": "${datasource}"}:
        say(where, "datasource is not ${datasource}")
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
        say(where, "no unit")
    targets = panel.get("targets", [])
    if not targets:
        say(where, "no targets")
    references = [target.get("refId") for target in targets]
    if None in references or len(set(references)) != len(references):
        say(where, "refId is absent or used twice")


def check_variables(path, dashboard):
    variables = {v["name"]: v for v in dashboard.get("templating", {}).get("list", [])}
    source = variables.get("datasource", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        say(path.name, "no datasource variable for prometheus")
    if source.get("label") != "Data source":
        say(path.name, 'the datasource variable is not labelled "Data source"')
    for name in ("job", "instance"):
        if name not in variables:
            say(path.name, f"no variable {name}")
    for name, variable in variables.items():
        if variable["type"] != "query":
            continue
        where = f"{path.name}: variable {name}"
        if variable.get("datasource", {}).get("uid") != "${datasource}":
            say(where, "datasource is not ${datasource}")
        if variable.get("label") != name.capitalize():
            say(where, f"label is not {name.capitalize()}")
        if not variable.get("multi") or not variable.get("includeAll"):
            say(where, "not multi with All")
        if variable.get("allValue") != ".+":
            say(where, "allValue is not .+")
        if variable.get("refresh") != 2:
            say(where, "refresh is not 2 (on time range change)")
    return variables


def check_dashboard(path, dashboard, known):
    for key in ("title", "description", "tags", "time", "refresh", "schemaVersion"):
        if not dashboard.get(key):
            say(path.name, f"no {key}")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", dashboard.get("uid", "")):
        say(path.name, "uid is not 1 to 40 of A-Z a-z 0-9 _ -")
    if not 39 <= dashboard.get("schemaVersion", 0) <= 42:
        say(path.name, "schemaVersion is not 39 to 42")
    if dashboard.get("id") is not None or "__inputs" in dashboard:
        say(path.name, "id or __inputs: this is an export, not a file to provision")
    if dashboard.get("editable") is not False:
        say(path.name, "editable is not false")
    for link in dashboard.get("links", []):
        if not link.get("includeVars") or not link.get("keepTime"):
            say(path.name, f'link "{link.get("title")}" drops variables or the time range')
    variables = check_variables(path, dashboard)
    check_layout(path, dashboard.get("panels", []))
    ids = [panel.get("id") for panel in queries.panels(dashboard)]
    if None in ids or len(set(ids)) != len(ids):
        say(path.name, "a panel id is absent or used twice")
    for panel in queries.panels(dashboard):
        check_panel(f'{path.name}: panel {panel.get("id")} "{panel.get("title")}"', panel)

    expressions = [*queries.panel_queries(dashboard), *queries.annotation_queries(dashboard)]
    for where, expr in expressions:
        check_expression(f"{path.name}: {where}", expr)
    selectors = [(where, selector) for where, selector, _ in queries.variable_selectors(dashboard)]
    for where, expr in expressions + selectors:
        where = f"{path.name}: {where}"
        check_names(where, expr, known)
        for name in re.findall(r"\$\{?(\w+)", expr):
            if name not in variables and name not in queries.BUILT_IN:
                say(where, f"variable ${name} is not defined")
    return [(f"{path.name}: {where}", expr) for where, expr in expressions + selectors]


def check_syntax(expressions):
    """Parses and type-checks: promtool does that for rules, so each becomes a recording rule."""
    if not shutil.which("promtool"):
        sys.exit("promtool is missing: deploy/install-packages.sh test")
    rules = [
        {"record": f"expression:{i}", "expr": queries.substitute(expr)}
        for i, (_, expr) in enumerate(expressions)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
        result = subprocess.run(
            ["promtool", "check", "rules", "--lint=none", file], capture_output=True, text=True
        )
    if result.returncode != 0:
        say("promtool", result.stdout + result.stderr)
        for i, (where, expr) in enumerate(expressions):
            if f"expression:{i}\"" in result.stderr:
                say(where, expr)


def main():
    known = documented_series()
    if not known:
        sys.exit("README.md has no metrics table (rows that start with | `xplenty_...` |)")
    expressions = []
    for path, dashboard in queries.dashboards():
        expressions += check_dashboard(path, dashboard, known)
    if not expressions:
        sys.exit("no dashboards found")
    uids = [dashboard.get("uid") for _, dashboard in queries.dashboards()]
    if len(set(uids)) != len(uids):
        say("dashboards", "a uid is used twice")
    check_syntax(expressions)
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            check_names(f'{RULES.name}: {rule.get("alert", rule.get("record"))}', rule["expr"], known)
    for problem in problems:
        print(problem)
    print(f"{len(expressions)} expressions, {len(known)} series documented, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
