"""The simulator causes what each alert is for, and a real Prometheus with the shipped rules shows the alert firing.

The test uses a copy of the rules with shorter times: see SHORTER. The alerts that must stay quiet wait longer than a
busy machine delays a scrape or a refresh.
"""

import json
import signal
import time
import unittest

import jobs
from harness import EndToEndTest, wait_for
from prometheus_server import Prometheus, rules_each_second

# For each alert, parts of its expression and their replacements. Every `for` and interval becomes a second.
SHORTER = {
    "XplentyApiUnreachable": [("[5m]", "[15s]")],
    "XplentyDataStale": [("> 900", "> 30")],
    "XplentyZeroRecords": [("offset 1d", "offset 3s")],
    "XplentyRecordsDropped": [("offset 1d", "offset 3s")],
    "XplentyJobRunningTooLong": [("offset 1d", "offset 3s")],
    "XplentyJobProgressStalled": [("[1h]", "[4s]"), ("offset 1h", "offset 4s")],
}


def shorten(rule):
    if "for" in rule:
        rule["for"] = "1s"
    for old, new in SHORTER.get(rule.get("alert"), []):
        assert old in rule["expr"], f'{rule["alert"]}: no {old} to shorten'
        rule["expr"] = rule["expr"].replace(old, new)


class Alerts(EndToEndTest):
    def setUp(self):
        self.now = int(time.time())
        self.ids = iter(range(1000, 9000))

    def start(self, simulator, config, *flags):
        return self.exporter(
            simulator, "--metrics.native-histograms", *flags, storage=self.folder(), config=config
        ).ready()

    def finished(self, package, status="completed", ago=0, **fields):
        number = sum(map(ord, package))
        return jobs.finished(
            next(self.ids), status, at=self.now - ago, package_id=number, package={"id": number, "name": package}, **fields
        )

    def unfinished(self, package, status, since, **fields):
        number = sum(map(ord, package))
        at = self.now - since
        started = at if status == "running" else None
        return jobs.unfinished(
            next(self.ids), status, at, started, package_id=number, package={"id": number, "name": package}, **fields
        )

    def firing(self, prometheus, account=None):
        """{alert: {package or cluster or None}} of all that have fired, also of those that no longer fire."""
        selector = 'alertstate="firing"' + (f', account="{account}"' if account else "")
        result = prometheus.api("query", query=f"max_over_time(ALERTS{{{selector}}}[10m])")["result"]
        found = {}
        for series in result:
            found.setdefault(series["metric"]["alertname"], set()).add(series["metric"].get("package"))
        return found

    def test_each_alert_fires(self):
        accounts = ("healthy", "outage", "refused", "troubled", "lazy", "crowded")
        api = self.simulator(f"--start-time={jobs.iso(self.now)}", *(f"--account={name}" for name in accounts))
        for name in ("healthy", "outage", "refused"):
            api.post_jobs(self.finished("sales", ago=60, records=[100]), account=name)
        api.post_jobs(
            # Failures before the first scrape are history and must not count as new.
            *(self.finished("failing", "failed", ago=100 + i) for i in range(3)),
            self.finished("late", ago=600),
            self.finished("ratio", ago=50),
            self.finished("ratio", "failed", ago=50),
            self.finished("empty", ago=300, records=[1000]),
            self.finished("fewer", ago=300, records=[1000]),
            self.finished("slow", ago=300),
            self.unfinished("slow", "running", 4000, progress=0.4),
            self.unfinished("unknown", "running", 30000, progress=0.9),
            self.unfinished("waiting", "queued", 2000),
            account="troubled",
        )
        config = self.config(
            "healthy", "outage", "refused",
            {"id": "troubled", "expected_intervals": {"late": "1m", "never": "1m"}},
        )
        exporter = self.start(api, config)

        lazy_config = self.config("lazy")
        lazy = self.start(api, lazy_config, "--refresh.min-interval=1h")  # it refreshes once

        api.post_jobs(*(self.finished(f"crowd-{n}", ago=60) for n in range(10)), account="crowded")
        crowded = self.start(api, self.config("crowded"), "--metrics.max-series=1000")

        few = self.simulator(f"--start-time={jobs.iso(self.now)}", "--account=poor", "--rate-limit=100")
        for _ in range(92):
            jobs.list_rows(few, "poor", limit=1)
        poor = self.start(few, self.config("poor"))

        gone = self.start(api, self.config("healthy"))
        self.assertEqual(gone.stop(), 0)

        rules = rules_each_second(self.folder(), shorten)
        targets = {"xplenty": [exporter.url, lazy.url, crowded.url, poor.url, gone.url]}
        features = ("exemplar-storage", "native-histograms")
        classic = self._keep(Prometheus(self.folder(), targets, rules=rules))
        native = self._keep(Prometheus(self.folder(), targets, rules=rules, features=features))

        # The alerts need some history to know what is usual.
        median = 'count_over_time(package:xplenty_package_last_success_output_records:median7d{package="empty"}[1m])'
        for prometheus in (classic, native):
            wait_for(lambda: (prometheus.value(median) or 0) >= 15, "a history of records")

        lazy_config.write_text("accounts: 1")
        lazy.signal(signal.SIGHUP)
        api.faults(account="outage", status={"503": 1.0})
        api.faults(account="refused", reject_key=401)
        api.post_jobs(
            *(self.finished("ratio") for _ in range(9)),
            *(self.finished("ratio", "failed") for _ in range(6)),
            self.finished("empty", records=[]),
            self.finished("fewer", records=[100]),
            # This is the usual run: three times its runtime is less than half an hour.
            self.finished("slow", runtime=60),
            {"_raw": json.dumps({"status": "completed"}), "updated_at": jobs.iso(self.now), "status": "completed"},
            account="troubled",
        )

        for prometheus in (classic, native):
            self.check_what_fires(prometheus)

    def check_what_fires(self, prometheus):
        by_account = {
            "healthy": set(),
            "outage": {"XplentyApiUnreachable"},
            "refused": {"XplentyApiUnreachable", "XplentyAuthFailing"},
            "lazy": {"XplentyDataStale"},
            "crowded": {"XplentySeriesCapNear"},
            "poor": {"XplentyRateLimitLow"},
            "troubled": {
                "XplentyExporterDataLoss", "XplentyFailureRatioHigh", "XplentyJobProgressStalled",
                "XplentyJobRunningTooLong", "XplentyJobWaitingTooLong", "XplentyPackageFailingRepeatedly",
                "XplentyPackageLastRunFailed", "XplentyPackageNoRecentSuccess", "XplentyRecordsDropped", "XplentyZeroRecords",
            },
        }
        of_exporters = {"XplentyConfigReloadFailed", "XplentyExporterDown"}
        self.wait_for_firing(prometheus, None, set.union(of_exporters, *by_account.values()))
        for account, expected in by_account.items():
            self.wait_for_firing(prometheus, account, expected)
        alerts = {rule["name"] for rule in prometheus.rules() if rule["type"] == "alerting"}
        self.assertEqual(alerts, set(self.firing(prometheus)), "an alert has no case here")

        packages = {
            "XplentyJobRunningTooLong": {"slow", "unknown"},
            "XplentyJobWaitingTooLong": {"waiting"},
            "XplentyPackageFailingRepeatedly": {"failing", "ratio"},
            "XplentyPackageNoRecentSuccess": {"late", "never"},
            "XplentyRecordsDropped": {"fewer"},
            "XplentyZeroRecords": {"empty"},
        }
        for alert, expected in packages.items():
            wait_for(lambda: self.firing(prometheus)[alert] >= expected, f"{alert} of {expected}")  # noqa: B023
            self.assertEqual(self.firing(prometheus)[alert], expected)

    def test_package_alerts_fire_past_the_cap(self):
        """Each run has a cluster of its own, and there are more than fit."""
        api = self.simulator(f"--start-time={jobs.iso(self.now)}")
        clusters = iter(range(1000))

        def run(package, status="completed", ago=0):
            return self.finished(package, status, ago, **jobs.on_cluster(next(clusters)))

        hour = 3600
        api.post_jobs(*(run(package, ago=3 * hour + i) for i in range(30) for package in ("sales", "steady", "late")))
        config = self.config({"id": "demo", "expected_intervals": {"steady": "1h", "late": "1h"}})
        exporter = self.start(api, config, "--metrics.max-series=1000")
        self.assertGreater(exporter.scrape().value("xplenty_exporter_overflow_jobs_total"), 0)
        api.post_jobs(run("steady"))
        exporter.scrape()

        rules = rules_each_second(self.folder(), shorten)
        prometheus = self._keep(Prometheus(self.folder(), {"xplenty": exporter.url}, rules=rules))
        for i in range(1, 5):
            api.post_jobs(run("sales", "failed"))
            prometheus.await_value('max(xplenty_package_consecutive_failures{package="sales"})', i)
        self.assertLess(prometheus.value("count(xplenty_job_output_records_total)"), 20)

        expected = {"XplentyPackageLastRunFailed": {"sales"}, "XplentyPackageFailingRepeatedly": {"sales"},
                    "XplentyPackageNoRecentSuccess": {"late"}}

        def fired():
            return {alert: packages for alert, packages in self.firing(prometheus).items() if alert in expected}

        wait_for(lambda: fired() == expected, "the alerts of packages")

    def wait_for_firing(self, prometheus, account, expected):
        try:
            wait_for(lambda: self.firing(prometheus, account).keys() >= expected, "alerts")
        except AssertionError:
            self.fail(f"{account or 'all'}: never fired: {expected - self.firing(prometheus, account).keys()}")
        self.assertEqual(self.firing(prometheus, account).keys(), expected, account)


if __name__ == "__main__":
    unittest.main()
