"""A real Prometheus with each config of deploy/prometheus, in which only addresses, paths and intervals are changed."""

import json
import pathlib
import re
import unittest

from certificates import Authority
from harness import EndToEndTest, wait_for
from prometheus_server import Prometheus

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "deploy/prometheus"
# The hash of "right", with bcrypt's cost 4 to make the test fast.
HASH = "$2b$04$jTZsZZqiW1fehzSGy9.KJuWbpg059bfUMqNs0/3/QUgziSauxiIE2"


class ScrapeConfigs(EndToEndTest):
    def prometheus(self, name, replacements):
        text = (FOLDER / name).read_text(encoding="utf-8")
        text = re.sub(r"(scrape_interval|scrape_timeout|evaluation_interval): \w+", r"\1: 1s", text)
        for old, new in {"rules/": f"{FOLDER}/rules/", **replacements}.items():
            self.assertIn(old, text)
            text = text.replace(old, str(new))
        return self._keep(Prometheus(self.folder(), config=text))

    def assert_scraped(self, prometheus, targets, accounts):
        """Checks that all targets come up, and the labels of the series of accounts."""

        def labels(query):
            samples = prometheus.api("query", query=query)["result"]
            return [{k: v for k, v in sample["metric"].items() if k != "__name__"} for sample in samples]

        def key(one):
            return sorted(one.items())

        wait_for(lambda: len(labels("up == 1")) == len(targets), f"{targets} to be up")
        # Two targets with the same labels would look like one in the stored series.
        self.assertEqual(len(prometheus.api("targets")["activeTargets"]), len(targets))
        self.assertEqual(sorted(labels("up"), key=key), sorted(targets, key=key))

        def up():
            found = labels("xplenty_up == 1")
            return found if len(found) >= len(accounts) else None

        self.assertEqual(sorted(wait_for(up, f"{accounts} to be up"), key=key), sorted(accounts, key=key))
        rules = {group["file"] for group in prometheus.api("rules")["groups"]}
        self.assertEqual(rules, {str(FOLDER / "rules" / f"xplenty-{kind}.yml") for kind in ("alerts", "recording")})

    def test_the_plain_one_scrapes_an_exporter(self):
        exporter = self.exporter(self.simulator("--jobs=20")).ready()
        address = exporter.url.removeprefix("http://")
        prometheus = self.prometheus("prometheus.yml", {"localhost:10740": address})
        target = {"job": "xplenty", "instance": address}
        self.assert_scraped(prometheus, [target], [{**target, "account": "demo"}])

    def test_probe_config_scrapes_each_account(self):
        simulator = self.simulator("--account=acme", "--account=globex")
        config = self.config("acme", {"id": "globex", "name": "Globex"})
        exporter = self.exporter(simulator, "--web.probe-only", config=config).ready()
        address = exporter.url.removeprefix("http://")
        prometheus = self.prometheus("prometheus-probe.yml", {"localhost:10740": address})
        itself = {"job": "xplenty-exporter", "instance": address}
        acme, globex = ({"job": "xplenty", "instance": address, "target": id} for id in ("acme", "globex"))
        accounts = [{**acme, "account": "acme"}, {**globex, "account": "Globex"}]
        self.assert_scraped(prometheus, [itself, acme, globex], accounts)

    def test_kubernetes_config_scrapes_the_pod(self):
        exporter = self.exporter(self.simulator("--jobs=20")).ready()
        text = (FOLDER / "prometheus-kubernetes.yml").read_text(encoding="utf-8")
        discovery = re.search(r"    kubernetes_sd_configs:\n(      .*\n)+", text)[0]
        # The labels that discovery finds for a pod with two ports; deploy.scrape_configs checks what it looks for.
        pod = {"__meta_kubernetes_namespace": "etl", "__meta_kubernetes_pod_name": "xplenty-exporter-0"}
        ports = {"xplenty-metrics": exporter.url.removeprefix("http://"), "http": "127.0.0.1:1"}
        found = [
            {"targets": [address], "labels": {**pod, "__meta_kubernetes_pod_container_port_name": name}}
            for name, address in ports.items()
        ]
        replacement = f"    static_configs: {json.dumps(found)}\n"  # JSON is YAML
        prometheus = self.prometheus("prometheus-kubernetes.yml", {discovery: replacement})
        target = {"job": "xplenty", "namespace": "etl", "instance": "xplenty-exporter-0"}
        self.assert_scraped(prometheus, [target], [{**target, "account": "demo"}])

    def test_tls_config_scrapes_with_password(self):
        folder = pathlib.Path(self.folder())
        authority = Authority(folder)
        authority.issue("server")
        (folder / "password").write_text("right\n", encoding="utf-8")
        web = {
            "tls_server_config": {"cert_file": "server.pem", "key_file": "server.key"},
            "basic_auth_users": {"prometheus": HASH},
        }
        (folder / "web.yml").write_text(json.dumps(web), encoding="utf-8")  # JSON is YAML
        exporter = self.exporter(self.simulator("--jobs=20"), f"--web.config.file={folder}/web.yml").serving()
        address = exporter.url.removeprefix("http://")
        prometheus = self.prometheus("prometheus-tls.yml", {
            "exporter.example:10740": address,
            "tls/ca.pem": authority.certificate,
            "tls/password": folder / "password",
        })
        target = {"job": "xplenty", "instance": address}
        self.assert_scraped(prometheus, [target], [{**target, "account": "demo"}])
        # The next scrape uses the new content of the file.
        (folder / "password").write_text("wrong\n", encoding="utf-8")
        wait_for(lambda: prometheus.value("up") == 0, "the wrong password to be refused")


if __name__ == "__main__":
    unittest.main()
