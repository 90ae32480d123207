"""A real Prometheus scrapes a running account and stores what the exporter shows."""

import subprocess
import unittest

from harness import EndToEndTest, Samples, wait_for
from prometheus_server import Prometheus, rules_each_second

FINISHED = "xplenty_jobs_finished_total"


class RealPrometheus(EndToEndTest):
    def test_prometheus_stores_and_evaluates_rules(self):
        simulator = self.simulator("--speed=120", "--jobs=300")
        exporter = self.exporter(simulator, storage=self.folder()).ready()
        exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        rules = rules_each_second(self.folder())
        prometheus = self._keep(Prometheus(self.folder(), {"xplenty": exporter.url}, rules=rules))

        prometheus.await_value("up", 1)
        prometheus.await_value("xplenty_up", 1)

        def same_sum():
            before = sum(exporter.scrape().family(FINISHED).values())
            stored = prometheus.value(f"sum({FINISHED})")
            after = sum(exporter.scrape().family(FINISHED).values())
            return before == stored == after and stored > 0

        wait_for(same_sum, "Prometheus to store what the exporter shows")

        self.assertIn("XplentyApiUnreachable", {rule["name"] for rule in prometheus.rules()})
        wait_for(
            lambda: all(rule["health"] == "ok" for rule in prometheus.rules()),
            "all rules to have been evaluated without an error",
        )

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
