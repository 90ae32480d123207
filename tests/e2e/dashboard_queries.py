"""Lists the queries of the shipped dashboards, and runs them against a Prometheus.

    empty = dashboard_queries.without_data("http://127.0.0.1:9090")
    assert not empty, empty

On the command line: dashboard_queries.py BASE_URL
"""

import json
import math
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / "dashboards"

# Grafana replaces these itself; all others are variables of the dashboard, here with "All".
BUILT_IN = {
    "__rate_interval": "1m",
    "__interval": "1m",
    "__range": "1h",
    "__interval_ms": "60000",
    "__range_s": "3600",
    "__range_ms": "3600000",
}


def defaults(dashboard):
    """The values of the variables that have fixed choices: the first of them."""
    variables = dashboard.get("templating", {}).get("list", [])
    return {variable["name"]: variable["current"]["value"] for variable in variables if variable["type"] == "custom"}


def substitute(expr, chosen):
    """The expression that Grafana would send with all variables set to All, except those that are chosen."""
    values = {**BUILT_IN, **chosen}
    return re.sub(r"\$\{?(\w+)(?::\w+)?\}?", lambda m: values.get(m[1], ".+"), expr)


def dashboards():
    """Yields (path, dashboard)."""
    for path in sorted(DASHBOARDS.glob("*.json")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def panels(dashboard):
    """All panels, including those in rows."""
    for panel in dashboard.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def variable_query(variable):
    query = variable["query"]
    return query["query"] if isinstance(query, dict) else query


def panel_queries(dashboard):
    """Yields (where, expression with variables)."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield f'panel {panel["id"]} "{panel["title"]}" {target["refId"]}', target.get("expr", "")


def annotation_queries(dashboard):
    for annotation in dashboard.get("annotations", {}).get("list", []):
        if "expr" in annotation:
            yield f'annotation "{annotation["name"]}"', annotation["expr"]


def variable_selectors(dashboard):
    """Yields (where, selector, label) of the variables that query label values."""
    for variable in dashboard.get("templating", {}).get("list", []):
        if variable["type"] != "query":
            continue
        match = re.fullmatch(r"label_values\((.*),\s*(\w+)\)", variable_query(variable))
        if not match:
            raise ValueError(f'variable {variable["name"]}: not label_values(selector, label)')
        yield f'variable {variable["name"]}', match[1], match[2]


def _get(base_url, path, **parameters):
    url = base_url.rstrip("/") + path + "?" + urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return json.load(response)["data"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.read().decode()}") from error


def _has_value(sample):
    """Whether the sample is a native histogram or a finite number."""
    return "histogram" in sample or math.isfinite(float(sample["value"][1]))


def without_data(base_url):
    """Runs every query of panels, annotations and variables. Returns (file, where, expression) of those
    without a result, or without a number in it."""
    empty = set()
    for path, dashboard in dashboards():
        chosen = defaults(dashboard)
        for where, expr in [*panel_queries(dashboard), *annotation_queries(dashboard)]:
            sent = substitute(expr, chosen)
            if not any(map(_has_value, _get(base_url, "/api/v1/query", query=sent)["result"])):
                empty.add((path.name, where, sent))
        for where, selector, label in variable_selectors(dashboard):
            sent = substitute(selector, chosen)
            now = time.time()
            between = {"match[]": sent, "start": now - 3600, "end": now + 60}
            if not _get(base_url, f"/api/v1/label/{label}/values", **between):
                empty.add((path.name, where, sent))
    return empty


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = sorted(without_data(sys.argv[1]))
    for line in found:
        print(": ".join(line))
    sys.exit(1 if found else 0)
