"""Several accounts in one process: each behaves as if it were alone (P8), in /metrics and at /probe."""

import unittest
import urllib.parse

from harness import EndToEndTest, unix
from jobs import finished, unfinished

ACCOUNTS = ("acme", "globex", "initech")


def accounts_of(samples):
    return {dict(labels).get("account") for _, labels in samples}


class Accounts(EndToEndTest):
    def start(self, *flags, **sections):
        self.sim = self.simulator(*(f"--account={account}" for account in ACCOUNTS), "--jobs=40")
        return self.exporter(self.sim, *flags, config=self.config(*ACCOUNTS, **sections))

    def assert_exact(self, samples, *accounts):
        for account in accounts:
            count_from = samples.value("xplenty_exporter_count_from_timestamp_seconds", account=account)
            truth = self.sim.truth(count_from=count_from, account=account)
            self.assert_equals_truth(samples, truth, account)

    def test_each_is_counted_exactly(self):
        exporter = self.start().ready()
        samples = exporter.scrape_until(
            lambda s: all(s.value("xplenty_up", account=a) == 1 for a in ACCOUNTS), "all accounts")
        self.assert_exact(samples, *ACCOUNTS)
        self.assertEqual(accounts_of(samples), {*ACCOUNTS, None})

    def test_label_is_name_probe_takes_id(self):
        self.sim = self.simulator("--account=acme", "--jobs=40")
        config = self.config({"id": "acme", "name": "Acme production"})
        exporter = self.exporter(self.sim, config=config).ready()
        self.assertEqual(accounts_of(exporter.probe("acme")), {"Acme production"})
        self.assertEqual(exporter.get("/probe?target=Acme%20production").status, 400)

    def test_probe_serves_one_account(self):
        exporter = self.start().ready()
        for account in ACCOUNTS:
            samples = exporter.probe(account)
            self.assertEqual(accounts_of(samples), {account})
            self.assert_exact(samples, account)

    def test_unknown_target_is_named(self):
        exporter = self.start().ready()
        for query, reason in (
            ("", "One target is expected: /probe?target=ACCOUNT"),
            ("?target=", "One target is expected"),
            ("?target=acme&target=globex", "One target is expected"),
            ("?target=umbrella", 'The target "umbrella" is not the id of an account'),
            ("?target=" + urllib.parse.quote('<b>"\n'), 'The target "<b>"\N{REPLACEMENT CHARACTER}"'),
        ):
            response = exporter.get("/probe" + query)
            self.assertEqual(response.status, 400, query)
            self.assertIn(reason, response.text)
            self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))

    def test_probe_only_metrics_omit_accounts(self):
        exporter = self.start("--web.probe-only").ready()
        samples = exporter.scrape()
        self.assertEqual(accounts_of(samples), {None})
        self.assertIsNotNone(samples.value("process_open_fds"))
        self.assertEqual(accounts_of(exporter.probe("globex")), {"globex"})

    def test_once_prints_all_of_them(self):
        self.sim = self.simulator(*(f"--account={account}" for account in ACCOUNTS), "--jobs=40")
        config = self.config(*ACCOUNTS)
        with open(self.folder() + "/out", "w+", encoding="utf-8") as out:
            exporter = self.exporter(self.sim, "--once", config=config, stdout=out)
            self.assertEqual(exporter.wait(), 0, exporter.output())
            out.seek(0)
            text = out.read()
        for account in ACCOUNTS:
            self.assertIn(f'xplenty_up{{account="{account}"}} 1\n', text)


class Labels(EndToEndTest):
    def test_labels_can_be_configured(self):
        sim = self.simulator()
        sim.post_jobs(finished(1, "failed"), finished(2))
        labels = {"account": {"value": "id", "rename": "xplenty_account"},
                  "package": {"value": "id"}, "cluster": {"value": "none"}}
        config = self.config({"id": "demo", "name": "Demo"}, metrics={"labels": labels})
        exporter = self.exporter(sim, config=config).ready()
        samples = exporter.scrape()
        expected = {"xplenty_account": "demo", "package": "901"}
        key = ("xplenty_jobs_finished_total", frozenset({**expected, "status": "failed"}.items()))
        self.assertEqual(samples[key], 1)
        self.assertIn(("xplenty_up", frozenset({("xplenty_account", "demo")})), samples)
        info = frozenset({**expected, "package_name": "sales"}.items())
        self.assertEqual(samples["xplenty_package_info", info], 1)
        self.assertEqual(samples.family("xplenty_cluster_info"), {})
        for _, pairs in samples:
            self.assertFalse({"account", "cluster"} & {name for name, _ in pairs})

    def test_per_job_series_are_capped(self):
        sim = self.simulator()
        rows = [unfinished(n, "running", started=unix(sim.NOW) - 60, progress=0.25) for n in (1, 2)]
        sim.post_jobs(*rows, unfinished(3, "queued"), finished(4))
        config = self.config("demo", metrics={"per_job": True, "max_per_job": 2})
        samples = self.exporter(sim, config=config).ready().scrape()
        jobs = {dict(ls)["job_id"]: dict(ls)["status"] for n, ls in samples if n == "xplenty_job_info"}
        self.assertEqual(jobs, {"1": "running", "2": "running"})
        progress = "xplenty_running_job_progress_ratio"
        self.assertEqual(samples.value(progress, job_id="1", package="sales", cluster="etl"), 0.25)
        self.assertEqual(samples.value("xplenty_exporter_unlisted_jobs"), 1)
        samples = self.exporter(sim).ready().scrape()
        self.assertEqual(samples.family("xplenty_job_info"), {})
        self.assertIsNone(samples.value("xplenty_exporter_unlisted_jobs"))

    def test_expected_intervals_follow_the_config(self):
        sim = self.simulator()
        config = self.config({"id": "demo", "expected_intervals": {"sales": "24h", "never_seen": "90s"}})
        samples = self.exporter(sim, config=config).ready().scrape()
        self.assertEqual(samples.family("xplenty_package_expected_interval_seconds"),
                         {(("package", "never_seen"),): 90, (("package", "sales"),): 86400})

    def test_packages_are_filtered_by_whole_names(self):
        sim = self.simulator()
        for n, name in enumerate(("sales_daily", "sales_test", "presales_x", "other"), 1):
            sim.post_jobs(finished(n, package={"id": n, "name": name}, package_id=n))
        packages = {"include": ["sales_.*", "other"], "exclude": [".*_test"]}
        config = self.config({"id": "demo", "packages": packages})
        samples = self.exporter(sim, config=config).ready().scrape()
        shown = {dict(labels)["package"] for _, labels in samples if "package" in dict(labels)}
        self.assertEqual(shown, {"sales_daily", "other"})


class Neighbours(EndToEndTest):
    """P8: an account with faults changes nothing for the others."""

    TROUBLES = {
        "hangs": {"hang": True},
        "refuses the key": {"reject_key": 401},
        "limits": {"status": {"429": 1}, "retry_after": "2"},
        "fails": {"status": {"503": 1}},
        "drips": {"slow_bytes_ms": 1000},
        "floods": {"flood_mib": 40},
        "sends nonsense": {"html": 1},
    }

    def test_one_failing_account_affects_no_other(self):
        for name, faults in self.TROUBLES.items():
            with self.subTest(name):
                self.one_in_trouble(faults)

    def one_in_trouble(self, faults):
        sim = self.simulator(*(f"--account={account}" for account in ACCOUNTS))
        for account in ACCOUNTS:
            sim.post_jobs(finished(1, at=unix(sim.NOW) - 600), account=account)
        exporter = self.exporter(sim, "--api.timeout=600s", config=self.config(*ACCOUNTS)).ready()
        exporter.scrape_until(
            lambda s: all(s.value("xplenty_up", account=a) == 1 for a in ACCOUNTS), "all accounts")
        sim.faults(account="globex", **faults)
        for n in range(2, 8):
            sim.advance(20)
            for account in ("acme", "initech"):
                sim.post_jobs(finished(n, at=unix(sim.NOW) + (n - 1) * 20), account=account)
            others = ("acme", "initech")
            samples = self.await_truth(exporter, {account: sim.truth(account=account) for account in others})
            for account in others:
                self.assertEqual(samples.value("xplenty_up", account=account), 1)
            finished_before = samples.value("xplenty_jobs_finished_total", account="globex",
                                            status="completed", package="sales", cluster="etl")
            self.assertEqual(finished_before, 1)

    def test_scrape_ends_while_one_api_hangs(self):
        sim = self.simulator("--account=acme", "--account=globex")
        exporter = self.exporter(sim, "--api.timeout=600s", config=self.config("acme", "globex")).ready()
        exporter.scrape_until(
            lambda s: all(s.value("xplenty_up", account=a) == 1 for a in ("acme", "globex")), "both")
        sim.forget_requests(account="globex")
        sim.faults(account="globex", hang=True)
        exporter.scrape(timeout_seconds=3600)  # waits a little longer than the usual refresh
        for _ in range(3):
            exporter.scrape(timeout_seconds=3600)  # does not wait for it
        # If the refresh had ended, even with an error, others would have followed.
        waiting = [r for r in sim.requests(account="globex")["list"] if r["status"] == 0]
        # A kept connection may be given up by now, and the request sent once more on a new one.
        self.assertIn(len(waiting), (1, 2), "its request still has no response")

    def test_hanging_probe_ends_at_its_deadline(self):
        sim = self.simulator("--account=acme", "--account=globex")
        sim.faults(account="globex", hang=True)
        exporter = self.exporter(sim, "--api.timeout=600s", config=self.config("acme", "globex"))
        samples = exporter.serving().probe("globex", timeout_seconds=1)
        self.assertEqual(samples.value("xplenty_up", account="globex"), 0)
        errors = samples.family("xplenty_exporter_refresh_errors_total").values()
        self.assertEqual(sum(errors), 0, "its request has ten minutes")
        self.assertEqual(exporter.probe("acme").value("xplenty_up", account="acme"), 1)
        self.assertEqual({r["status"] for r in sim.requests(account="globex")["list"]}, {0})


if __name__ == "__main__":
    unittest.main()
