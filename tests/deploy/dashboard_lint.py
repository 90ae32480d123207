"""The rules for dashboards: those of Grafana's dashboard linter, and rules for layout, links, variables and metric names.

    problems = dashboard_lint.problems({"a.json": dashboard}, series)
"""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import dashboard_queries as queries  # noqa: E402

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Prometheus adds these series to each target.
OF_PROMETHEUS = ("up", "scrape_duration_seconds", "scrape_samples_scraped")
METRIC = re.compile(r"(?<![\w:$])((?:\w+:)?(?:xplenty|process|scrape)_\w+(?::\w+)?|up)\b(\s*\{[^}]*\})?")


class Series:
    """The known names: those that docs/metrics.md lists, that rules record, and that Prometheus adds."""

    def __init__(self):
        self.known, self.counters, self.of_clusters = set(OF_PROMETHEUS), set(), set()
        for line in (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8").splitlines():
            match = re.match(r"\| `((?:xplenty|process)_\w+)` \| (\w+) \| ([^|]*) \|", line)
            if not match:
                continue
            name, kind, labels = match.groups()
            if "cluster" in labels.split(", "):
                suffixes = ("", "_bucket", "_sum", "_count") if kind == "histogram" else ("",)
                self.of_clusters.update(name + suffix for suffix in suffixes)
            if kind == "histogram":  # without a suffix, for the native form
                self.counters.update(name + suffix for suffix in ("", "_bucket", "_sum", "_count"))
            elif kind == "counter":
                self.counters.add(name)
            self.known.add(name)
        self.known |= self.counters
        for path in sorted((ROOT / "deploy" / "prometheus" / "rules").glob("xplenty-recording.yml")):
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
                self.known.update(rule["record"] for rule in group["rules"])


def names(expr):
    """The names of the metrics in an expression, without the values of labels."""
    return [name for name, _ in METRIC.findall(re.sub(r'"(?:[^"\\]|\\.)*"', '""', expr))]


def aggregations(expr, position):
    """The label lists of the aggregations around a position: "by (a, b)", "without (c)", or "" for a total."""
    depth = 0
    for i in range(position - 1, -1, -1):
        depth += (expr[i] == ")") - (expr[i] == "(")
        if depth < 0:
            depth = 0
            match = re.search(r"\b(?:sum|min|max|avg|count|group)\s*((?:by|without)\s*\([^()]*\))?\s*$", expr[:i])
            if match:
                yield match[1] or ""


def is_by_cluster(expr, series):
    """Whether the result has series for each cluster: a sample with that label is in no aggregation that drops it."""
    for match in METRIC.finditer(expr):
        if match[1] in series.of_clusters:
            lists = list(aggregations(expr, match.start()))
            if not any("cluster" not in one and "without" not in one for one in lists):
                return True
    return False


def of_expression(expr, series):
    if not expr.strip():
        yield "empty query"
    for name, matchers in METRIC.findall(expr):
        if name not in series.known:
            yield f"{name} is not in the metrics table of docs/metrics.md, nor recorded by a rule"
        for label in ("job", "instance"):
            if f'{label}=~"${label}"' not in matchers:
                yield f'{name}: no {label}=~"${label}"'
        if name in series.counters and not re.search(r"(rate|increase)\(\s*" + name + r"\b", expr):
            yield f"{name}: a counter outside of rate() and increase()"
    for window in re.findall(r"\bi?rate\([^\[]*\[([^\]]+)\]", expr):
        if window != "$__rate_interval":
            yield f"rate over [{window}], not [$__rate_interval]"
    if "$__rate_interval" in re.sub(r"\[\$__rate_interval\]", "", expr):
        yield "$__rate_interval outside of a range"


def of_layout(panels):
    taken = []
    for panel in panels:
        grid = panel.get("gridPos")
        where = f'panel {panel.get("id")} "{panel.get("title")}"'
        if not grid:
            yield f"{where}: no gridPos"
            continue
        x, y, w, h = (grid[key] for key in "xywh")
        if x < 0 or w < 1 or h < 1 or x + w > 24:
            yield f"{where}: outside of the 24 columns"
        for other, (ox, oy, ow, oh) in taken:
            if x < ox + ow and ox < x + w and y < oy + oh and oy < y + h:
                yield f"{where}: overlaps {other}"
        taken.append((panel.get("title"), (x, y, w, h)))
        yield from of_layout(panel.get("panels", []))


def of_panel(panel):
    if panel["type"] == "row":
        return
    if not panel.get("title") or not panel.get("description"):
        yield "no title or no description"
    if panel.get("datasource") != DATASOURCE:
        yield "datasource is not ${datasource}"
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
        yield "no unit"
    targets = panel.get("targets", [])
    if not targets:
        yield "no targets"
    references = [target.get("refId") for target in targets]
    if None in references or len(set(references)) != len(references):
        yield "refId is absent or used twice"
    if any(target.get("datasource") != DATASOURCE for target in targets):
        yield "datasource of a target is not ${datasource}"


def of_variable(variable):
    name = variable["name"]
    if not variable.get("label"):
        yield "no label"
    if variable["type"] != "query":
        return
    if variable.get("datasource") != DATASOURCE:
        yield "datasource is not ${datasource}"
    if variable.get("label") != name.capitalize():
        yield f"label is not {name.capitalize()}"
    if variable.get("refresh") != 2:
        yield "refresh is not 2 (on time range change)"
    if name in ("job", "instance"):
        if not variable.get("multi") or not variable.get("includeAll") or variable.get("allValue") != ".+":
            yield "not multi with All as .+"
    # With .+, a series without that label would never be shown, and the config may leave the label out.
    elif variable.get("includeAll") and variable.get("allValue") != ".*":
        yield "All is not .*"


def of_variables(variables):
    source = variables.get("datasource", {})
    if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
        yield "no datasource variable for prometheus"
    if source.get("label") != "Data source":
        yield 'the datasource variable is not labelled "Data source"'
    for name in ("job", "instance"):
        if name not in variables:
            yield f"no variable {name}"
    for name, variable in variables.items():
        for problem in of_variable(variable):
            yield f"variable {name}: {problem}"


def links(node):
    """All links in a dashboard, its panels and its fields."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "links":
                yield from value
            yield from links(value)
    elif isinstance(node, list):
        # The property of an override has its links under "value".
        for item in node:
            if isinstance(item, dict) and item.get("id") == "links":
                yield from item["value"]
            yield from links(item)


def of_links(dashboard, variables, uids):
    for link in links(dashboard):
        if link.get("type") == "dashboards" and not (link.get("includeVars") and link.get("keepTime")):
            yield f'link "{link["title"]}" drops variables or the time range'
        url = link.get("url", "")
        target = re.match(r"/d/([\w-]+)", url)
        if target and target[1] not in uids:
            yield f'link "{link["title"]}" leads to {target[1]}, which is not one of our dashboards'
        if target and "${__url_time_range}" not in url:
            yield f'link "{link["title"]}" drops the time range'
        yield from undefined(f'link "{link["title"]}"', url, variables)


def undefined(where, text, variables):
    for name in re.findall(r"\$\{?(\w+)", text):
        if name not in variables and name not in queries.BUILT_IN and name not in ("__data", "__url_time_range"):
            yield f"{where}: variable ${name} is not defined"


def of_frame(dashboard):
    for key in ("title", "description", "tags", "time", "refresh", "schemaVersion"):
        if not dashboard.get(key):
            yield f"no {key}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", dashboard.get("uid", "")):
        yield "uid is not 1 to 40 of A-Z a-z 0-9 _ -"
    if not 39 <= dashboard.get("schemaVersion", 0) <= 42:
        yield "schemaVersion is not 39 to 42"
    if dashboard.get("id") is not None or "__inputs" in dashboard:
        yield "id or __inputs: this is an exported file, not one for provisioning"
    if dashboard.get("editable") is not False:
        yield "editable is not false"
    if not any(link.get("type") == "dashboards" for link in dashboard.get("links", [])):
        yield "no links to the other dashboards"


def of_dashboard(dashboard, uids, series):
    yield from of_frame(dashboard)
    variables = {v["name"]: v for v in dashboard.get("templating", {}).get("list", [])}
    yield from of_variables(variables)
    yield from of_layout(dashboard.get("panels", []))
    yield from of_links(dashboard, variables, uids)
    panels = list(queries.panels(dashboard))
    ids = [panel.get("id") for panel in panels]
    if None in ids or len(set(ids)) != len(ids):
        yield "a panel id is absent or used twice"
    for panel in panels:
        for problem in of_panel(panel):
            yield f'panel {panel.get("id")} "{panel.get("title")}": {problem}'
    for where, expr in [*queries.panel_queries(dashboard), *queries.annotation_queries(dashboard)]:
        for problem in of_expression(expr, series):
            yield f"{where}: {problem}"
        if is_by_cluster(queries.substitute(expr, queries.defaults(dashboard)), series):
            yield f"{where}: by cluster, of which there may be as many as runs, though none was chosen"
        yield from undefined(where, expr, variables)
    for where, selector, _ in queries.variable_selectors(dashboard):
        for name in names(selector):
            if name not in series.known:
                yield f"{where}: {name} is not in the metrics table of docs/metrics.md"
        yield from undefined(where, selector, variables)


def problems(dashboards, series):
    """The problems of `dashboards`: {file: dashboard}."""
    uids = [dashboard.get("uid") for dashboard in dashboards.values()]
    found = ["a uid is used twice"] if len(set(uids)) != len(uids) else []
    for file, dashboard in dashboards.items():
        found += [f"{file}: {problem}" for problem in of_dashboard(dashboard, uids, series)]
    return found
