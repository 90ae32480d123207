"""A real Prometheus scrapes a living account: what it stores is what the dashboards and rules ask for."""

import json
import pathlib
import socket
import subprocess
import unittest
import urllib.parse

import dashboard_queries
from harness import EndToEndTest, Process, Samples, http, wait_for

RULES = pathlib.Path(__file__).resolve().parents[2] / "deploy/prometheus/rules/xplenty-alerts.yml"
# It comes from a config file alone, and there is none here.
MAY_BE_ABSENT = ("xplenty_package_expected_interval_seconds",)
FINISHED = "xplenty_jobs_finished_total"


class Prometheus(Process):
    def __init__(self, folder, target):
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "xplenty", "static_configs": [{"targets": [target]}]}],
        }
        path = pathlib.Path(folder, "prometheus.yml")
        path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
        storage = f"--storage.tsdb.path={folder}/tsdb"
        listen = f"--web.listen-address={address}"
        super().__init__(["prometheus", f"--config.file={path}", storage, listen])
        self.url = f"http://{address}"
        self.wait_for_log("Server is ready")

    def api(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        return http("GET", f"{self.url}/api/v1/{path}?{query}").json()["data"]

    def value(self, expression):
        """Of its one sample; None if it has none."""
        result = self.api("query", query=expression)["result"]
        return float(result[0]["value"][1]) if result else None


class RealPrometheus(EndToEndTest):
    # One Prometheus for all claims: it needs some scrapes before rates have data.
    def test_dashboards_and_rules_find_their_data(self):
        simulator = self.simulator("--speed=120", "--jobs=300")
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        target = exporter.url.removeprefix("http://")
        prometheus = self._keep(Prometheus(self.folder(), target))

        wait_for(lambda: prometheus.value("up") == 1, "the target to be up")
        self.assertEqual(prometheus.value("xplenty_up"), 1)

        def same_sum():
            before = sum(exporter.scrape().family(FINISHED).values())
            stored = prometheus.value(f"sum({FINISHED})")
            after = sum(exporter.scrape().family(FINISHED).values())
            return before == stored == after and stored > 0

        wait_for(same_sum, "Prometheus to store what the exporter shows")

        groups = prometheus.api("rules")["groups"]
        rules = {rule["name"]: rule for group in groups for rule in group["rules"]}
        self.assertIn("XplentyApiUnreachable", rules)
        wait_for(
            lambda: all(
                rule["health"] == "ok"
                for group in prometheus.api("rules")["groups"]
                for rule in group["rules"]
            ),
            "all rules to have been evaluated without an error",
        )

        simulator.post_jobs({"status": "failed"})  # or there may be none in the range
        wait_for(lambda: not self.without_data(prometheus), "every query of the dashboards")

    def without_data(self, prometheus):
        return [
            expression
            for _, _, expression in dashboard_queries.without_data(prometheus.url)
            if not any(metric in expression for metric in MAY_BE_ABSENT)
        ]

    def test_strict_readers_take_every_line(self):
        simulator = self.simulator("--jobs=300")
        text = self.exporter(simulator).ready().get().text
        command = ["promtool", "check", "metrics"]
        checked = subprocess.run(command, input=text, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
        try:
            from prometheus_client.parser import text_string_to_metric_families
        except ImportError:
            self.skipTest("python3-prometheus-client is not installed")
        parsed = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        self.assertEqual(parsed, dict(Samples(text)))


if __name__ == "__main__":
    unittest.main()
