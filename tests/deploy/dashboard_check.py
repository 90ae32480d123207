"""Checks of dashboards/ and of the mixin: dashboard_check.py lint | sources | types

Exit code: 0; 1 after printing the problems; 77 (skipped) after naming a tool that is not installed.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

import dashboard_lint
from dashboard_lint import queries
from tools import ROOT, RULES, SCHEMAS, need, need_schemas


def first(dashboard, kind):
    return next(panel for panel in queries.panels(dashboard) if panel["type"] == kind)


def variable(dashboard, name):
    return next(v for v in dashboard["templating"]["list"] if v["name"] == name)


def expression(change):
    """A breakage that changes the query of the first time series."""

    def apply(dashboard):
        target = first(dashboard, "timeseries")["targets"][0]
        target["expr"] = change(target["expr"])

    return apply


# What may be wrong in a dashboard, by the message of lint or types about it.
BREAKAGES = {
    "no unit": lambda d: first(d, "stat")["fieldConfig"]["defaults"].pop("unit"),
    "no title or no description": lambda d: first(d, "table").pop("description"),
    "no targets": lambda d: first(d, "stat").update(targets=[]),
    "refId is absent or used twice": lambda d: first(d, "stat")["targets"].append(first(d, "stat")["targets"][0]),
    "datasource is not": lambda d: first(d, "stat").update(datasource="Prometheus"),
    "overlaps": lambda d: first(d, "table")["gridPos"].update(y=1),
    "outside of the 24 columns": lambda d: first(d, "table")["gridPos"].update(w=25),
    "a panel id is absent or used twice": lambda d: first(d, "table").update(id=1),
    "refresh is not 2": lambda d: variable(d, "account").update(refresh=1),
    "not multi with All as .+": lambda d: variable(d, "job").update(allValue=".*"),
    "All is not .*": lambda d: variable(d, "cluster").update(allValue=".+"),
    "no variable instance": lambda d: d["templating"]["list"].remove(variable(d, "instance")),
    "editable is not false": lambda d: d.update(editable=True),
    "schemaVersion is not": lambda d: d.update(schemaVersion=16),
    "which is not one of our dashboards": lambda d: d["links"].append({"title": "x", "url": "/d/gone?${__url_time_range}"}),
    "drops variables or the time range": lambda d: d["links"][0].update(keepTime=False),
    "is not in the metrics table": expression(lambda e: e.replace("xplenty_jobs", "xplenty_jobz")),
    'no job=~"$job"': expression(lambda e: e.replace('job=~"$job", ', "")),
    "a counter outside of rate": expression(lambda e: e.replace("xplenty_jobs{", "xplenty_jobs_finished_total{")),
    "rate over [5m]": expression(lambda e: "rate(xplenty_jobs_finished_total[5m])"),
    "by cluster, of which there may be as many as runs": expression(lambda e: e.replace("by (status)", "by (cluster)")),
    "by cluster, of which": expression(lambda e: "xplenty_jobs" + e.partition("xplenty_jobs")[2].rstrip(")")),
    "variable $pakage is not defined": expression(lambda e: e.replace("$package", "$pakage")),
}
WRONG_TYPES = {
    '"barz"': lambda d: first(d, "timeseries")["fieldConfig"]["defaults"]["custom"].update(drawStyle="barz"),
    "showHeadr": lambda d: first(d, "table")["options"].update(showHeadr=True),
    "refesh": lambda d: d.update(refesh="1m"),
    "DashboardCursorSync": lambda d: d.update(graphTooltip=7),
    "'string' is not assignable to type 'number'": lambda d: first(d, "stat")["gridPos"].update(w="3"),
    "exprr": lambda d: d["annotations"]["list"][0].update(exprr="up"),
}


def missed(breakages, check):
    """The breakages of the overview that check(dashboard) does not report."""
    whole = dict(all_dashboards())["xplenty-overview.json"]
    problems = []
    for expected, breaks in breakages.items():
        broken = copy.deepcopy(whole)
        breaks(broken)
        found = check(broken)
        if expected not in found:
            problems.append(f"the check itself: a broken dashboard should give «{expected}» but gives: {found or 'nothing'}")
    return problems


def all_dashboards():
    return [(path.name, dashboard) for path, dashboard in queries.dashboards()]


def syntax():
    """Parses and type-checks all expressions: promtool does that for rules, so each becomes a recording rule."""
    need("promtool")
    expressions = []
    for file, dashboard in all_dashboards():
        found = [*queries.panel_queries(dashboard), *queries.annotation_queries(dashboard)]
        found += [(where, selector) for where, selector, _ in queries.variable_selectors(dashboard)]
        chosen = queries.defaults(dashboard)
        expressions += [(f"{file}: {where}", queries.substitute(expr, chosen)) for where, expr in found]
    rules = [
        {"record": f"expression:{i}", "expr": expr}
        for i, (_, expr) in enumerate(expressions)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
        result = subprocess.run(
            ["promtool", "check", "rules", "--lint=none", file], capture_output=True, text=True
        )
    if result.returncode == 0:
        return []
    wrong = [f"{where}: {expr}" for i, (where, expr) in enumerate(expressions) if f'expression:{i}"' in result.stderr]
    return [*wrong, result.stdout + result.stderr]


def lint():
    series = dashboard_lint.Series()
    dashboards = dict(all_dashboards())
    if not dashboards or not series.counters:
        return ["there are no dashboards, or docs/metrics.md has no metrics table"]

    def of_broken(dashboard):
        return "\n".join(dashboard_lint.problems({**dashboards, "xplenty-overview.json": dashboard}, series))

    return dashboard_lint.problems(dashboards, series) + syntax() + missed(BREAKAGES, of_broken)


def jsonnet(snippet):
    need("jsonnet")
    result = subprocess.run(["jsonnet", "-e", snippet], capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return json.loads(result.stdout)


def sources():
    """Checks that the files are generated from the sources, and that the mixin has the same."""
    problems = []
    sourced = sorted((ROOT / "dashboards" / "src").glob("*.libsonnet"))
    done = subprocess.run(
        ["jsonnetfmt", "--test", *sourced, ROOT / "deploy" / "mixin.libsonnet"], capture_output=True, text=True
    )
    if done.returncode != 0:
        problems.append("jsonnetfmt -i would change dashboards/src or deploy/mixin.libsonnet: " + done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ROOT / "dashboards" / "generate.sh", folder], check=True)
        made = {path.name: path.read_text(encoding="utf-8") for path in pathlib.Path(folder).iterdir()}
    files = {path.name: path.read_text(encoding="utf-8") for path, _ in queries.dashboards()}
    if made.keys() != files.keys():
        problems.append(f"dashboards/ has {sorted(files)}, its sources make {sorted(made)}")
    problems += [f"dashboards/{name} is not what dashboards/generate.sh makes" for name in made if made[name] != files.get(name)]

    mixin = jsonnet(
        'local m = import "deploy/mixin.libsonnet";'
        "{ dashboards: m.grafanaDashboards, alerts: m.prometheusAlerts, rules: m.prometheusRules }"
    )
    shipped = {name: yaml.safe_load((RULES / f"xplenty-{name}.yml").read_text()) for name in ("alerts", "recording")}
    for group in [*shipped["alerts"]["groups"], *shipped["recording"]["groups"]]:
        for rule in group["rules"]:
            rule["expr"] = " ".join(rule["expr"].split())  # on one line, as in the mixin
    if mixin != {"dashboards": dict(all_dashboards()), "alerts": shipped["alerts"], "rules": shipped["recording"]}:
        problems.append("the mixin differs from dashboards/ and deploy/prometheus/rules/")
    other = jsonnet(
        'local m = (import "deploy/mixin.libsonnet") + { _config+:: {'
        ' runbookUrl: "https://wiki.example/alerts", clusterLabel: "etl_cluster" } };'
        "{ dashboards: m.grafanaDashboards, alerts: m.prometheusAlerts }"
    )
    for group in other["alerts"]["groups"]:
        for rule in group["rules"]:
            if not rule["annotations"]["runbook_url"].startswith("https://wiki.example/alerts/"):
                problems.append(f'mixin: runbookUrl does not reach {rule["alert"]}')
    for file, dashboard in other["dashboards"].items():
        for where, expr in queries.panel_queries(dashboard):
            if "cluster=~" in expr and "etl_cluster=~" not in expr:
                problems.append(f"mixin: clusterLabel does not reach {file}: {where}")
    return problems


def grafana_types(paths):
    result = subprocess.run(
        ["node", SCHEMAS / "check-dashboards.mjs", *paths], capture_output=True, text=True
    )
    return result.stdout + result.stderr if result.returncode != 0 else ""


def types():
    need_schemas("@grafana/schema")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "broken.json"

        def of_broken(dashboard):
            path.write_text(json.dumps(dashboard), encoding="utf-8")
            return grafana_types([path])

        found = grafana_types([path for path, _ in queries.dashboards()])
        return ([found] if found else []) + missed(WRONG_TYPES, of_broken)


def main():
    checks = {check.__name__: check for check in (lint, sources, types)}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    result = checks[sys.argv[1]]()
    print("\n".join(result) if result else "ok")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
