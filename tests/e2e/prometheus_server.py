"""Debian's real Prometheus, scraping every second, to see what it stores of an exporter."""

import json
import pathlib
import urllib.parse

import yaml

from harness import Process, http, wait_for

RULES = [
    pathlib.Path(__file__).resolve().parents[2] / "deploy/prometheus/rules" / name
    for name in ("xplenty-recording.yml", "xplenty-alerts.yml")
]


def rules_each_second(folder, change=lambda rule: None):
    """Files of the shipped rules, evaluated every second regardless of their ranges; `change` edits each rule."""
    files = []
    for path in RULES:
        rules = yaml.safe_load(path.read_text(encoding="utf-8"))
        for group in rules["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                change(rule)
        files.append(pathlib.Path(folder, path.name))
        files[-1].write_text(json.dumps(rules), encoding="utf-8")  # JSON is YAML
    return files


class Prometheus(Process):
    def __init__(self, folder, targets=None, features=(), scrape=None, rules=None, config=None):
        """`targets` is the exporter's URL, or a dict from the scrape job's name to a list of URLs. `features` are
        for --enable-feature. `scrape` adds to each job's config. `rules` are files that replace the shipped ones.
        `config` is the text of a complete config and replaces targets, scrape and rules."""
        path = pathlib.Path(folder, "prometheus.yml")
        path.write_text(config or self._config(targets, scrape, rules), encoding="utf-8")
        storage = f"--storage.tsdb.path={folder}/tsdb"
        enabled = [f"--enable-feature={','.join(features)}"] if features else []
        super().__init__(["prometheus", f"--config.file={path}", storage, "--web.listen-address=127.0.0.1:0", *enabled])
        self.url = "http://" + self.wait_for_log(r'"?Listening on"? address=(\S+)')[1]
        self.wait_for_log("Server is ready")

    @staticmethod
    def _config(targets, scrape, rules):
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(path) for path in rules or RULES],
            "scrape_configs": [
                {
                    "job_name": job,
                    "static_configs": [{"targets": [url.removeprefix("http://") for url in urls]}],
                    **(scrape or {}),
                }
                for job, urls in ((job, [url] if isinstance(url, str) else url) for job, url in targets.items())
            ],
        }
        return json.dumps(config)  # JSON is YAML

    def api(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        return http("GET", f"{self.url}/api/v1/{path}?{query}").json()["data"]

    def rules(self):
        return [rule for group in self.api("rules")["groups"] for rule in group["rules"]]

    def value(self, expression, **parameters):
        """The value of its one sample, or None."""
        result = self.api("query", query=expression, **parameters)["result"]
        assert len(result) <= 1, result
        return float(result[0]["value"][1]) if result else None

    def await_value(self, expression, value):
        """Waits for a value. If a busy machine makes a scrape too slow, there is no value until the next one."""
        wait_for(lambda: self.value(expression) == value, f"{expression} to be {value}")

    def stored(self, selector):
        """[(time, value)] of all scraped samples of the one selected series."""
        result = self.api("query", query=f"{selector}[1h]")["result"]
        assert len(result) <= 1, result
        return [(time, float(value)) for time, value in result[0]["values"]] if result else []

    def exemplars(self, selector):
        """[(labels of the series, exemplar)] of all stored exemplars."""
        found = self.api("query_exemplars", query=selector, start=0, end=2**32)
        return [(series["seriesLabels"], one) for series in found for one in series["exemplars"]]

    def increase(self, selector, since=0):
        """increase() over all stored samples not older than `since`.

        The query time is that of the last sample, so that nothing is extrapolated after it. Nothing is
        extrapolated before the first sample either if that is 0, as a counter cannot have been lower.
        """
        samples = [(time, value) for time, value in self.stored(selector) if time >= since]
        first, last = samples[0][0], samples[-1][0]
        window = max(2, int((last - first) * 1000) + 1)
        return self.value(f"increase({selector}[{window}ms])", time=last)
