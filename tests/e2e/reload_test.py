"""A reload applies a whole config or nothing of it, and never affects a counter of another account."""

import os
import pathlib
import re
import threading
import unittest

from harness import EndToEndTest, actual_job_samples, http, unix
from jobs import finished, unfinished

FINISHED = "xplenty_jobs_finished_total"
SUCCESSFUL = "xplenty_exporter_config_last_reload_successful"


class Reload(EndToEndTest):
    def setUp(self):
        self.sim = self.simulator("--account=acme", "--account=globex", "--account=initech:other-key")
        self.now = unix(self.sim.NOW)
        for account in ("acme", "globex", "initech"):
            rows = [finished(n, at=self.now - 60 * n, records=(n,)) for n in range(1, 4)]
            test = {"id": 7, "name": "sales_test"}
            rows.append(finished(4, "failed", at=self.now - 60, package=test, package_id=7))
            rows.append(unfinished(5, "running", started=self.now - 30))
            self.sim.post_jobs(*rows, account=account)

    def start(self, *accounts, **options):
        self.file = self.config(*accounts)
        return self.exporter(self.sim, config=self.file, storage=self.folder(), **options).ready()

    def accounts_in(self, samples):
        return {dict(labels).get("account") for _, labels in samples} - {None}

    def scrape_all(self, exporter, accounts):
        return exporter.scrape_until(
            lambda s: all(s.value("xplenty_up", account=a) == 1 for a in accounts), f"{accounts}")

    def test_reload_adds_and_removes_accounts(self):
        exporter = self.start("acme", "globex")
        before = actual_job_samples(self.scrape_all(exporter, ("acme", "globex")), "acme")
        requests = exporter.scrape().value("xplenty_api_requests_total", account="acme", code="200")
        initech = {"id": "initech", "api_key_file": self.file.key_file("initech", "other-key")}
        self.file.write("acme", initech)
        self.assertTrue(exporter.reload())
        samples = self.scrape_all(exporter, ("acme", "initech"))
        self.assertEqual(self.accounts_in(samples), {"acme", "initech"})
        self.assertEqual(actual_job_samples(samples, "acme"), before)
        samples = exporter.probe("acme")
        self.assertGreater(samples.value("xplenty_api_requests_total", account="acme", code="200"), requests)
        self.await_truth(exporter, {"initech": self.sim.truth(account="initech")})
        self.file.write("acme", "globex", initech)  # it continues from its ledger
        self.assertTrue(exporter.reload())
        samples = self.scrape_all(exporter, ("acme", "globex", "initech"))
        self.assert_equals_truth(samples, self.sim.truth(account="globex"), "globex")

    def reload_while_scraped(self, exporter, accounts, writes):
        """Checks that each scrape during the reloads shows these accounts unchanged."""
        before = self.scrape_all(exporter, accounts)
        expected = {account: actual_job_samples(before, account) for account in accounts}
        done = threading.Event()
        wrong = []
        scrapes = []

        def scrape():
            while not done.is_set() and not wrong:
                samples = exporter.scrape()
                for account, figures in expected.items():
                    if actual_job_samples(samples, account) != figures:
                        wrong.append((account, actual_job_samples(samples, account)))
                scrapes.append(samples)

        scraper = threading.Thread(target=scrape)
        scraper.start()
        try:
            for write in writes:
                write()
                self.assertTrue(exporter.reload())
        finally:
            done.set()
            scraper.join()
        self.assertEqual(wrong, [])
        self.assertTrue(scrapes)

    def test_scrapes_are_complete_during_reload(self):
        exporter = self.start("acme", "globex")
        # All accounts change, but no value does.
        self.reload_while_scraped(exporter, ("acme", "globex"), [
            lambda timeout=f"{seconds}s": self.file.write("acme", "globex", api={"timeout": timeout})
            for seconds in range(20, 26)
        ])

    def test_scrapes_are_complete_while_accounts_change(self):
        exporter = self.start("acme", "globex")
        self.reload_while_scraped(exporter, ("acme",), 3 * [
            lambda: self.file.write("acme"),
            lambda: self.file.write({"id": "globex", "name": "Globex"}, "acme"),
        ])

    def test_renamed_account_keeps_its_figures(self):
        exporter = self.start("acme", "globex")
        before = self.scrape_all(exporter, ("acme", "globex"))
        self.file.write({"id": "acme", "name": "Acme production"}, "globex")
        self.assertTrue(exporter.reload())
        samples = exporter.scrape()
        self.assertEqual(self.accounts_in(samples), {"Acme production", "globex"})
        self.assert_equals_truth(samples, self.sim.truth(account="acme"), "Acme production")
        self.assertEqual(actual_job_samples(samples, "globex"), actual_job_samples(before, "globex"))

    def test_replaced_clusters_are_one_series(self):
        rows = [
            finished(20 + n, at=self.now - 60 * n, records=(n,), cluster_id=100 + n,
                     cluster={"id": 100 + n, "name": name})
            for n, name in enumerate(("Daily Test #100", "Daily Test #101", "cyan-wave-764"))
        ]
        self.sim.post_jobs(*rows, account="acme")
        exporter = self.start("acme", "globex")
        before = self.scrape_all(exporter, ("acme", "globex"))
        self.assertEqual(before.value(FINISHED, account="acme", cluster="Daily Test #101", status="completed"), 1)
        rules = [{"match": r"(.*) #\d+", "with": "$1"}, {"match": ".*-.*", "with": ""}]
        self.file.write("acme", "globex", metrics={"labels": {"cluster": {"replace": rules}}})
        self.assertTrue(exporter.reload())
        samples = exporter.scrape()
        self.assertEqual(samples.value(FINISHED, account="acme", cluster="Daily Test", status="completed"), 2)
        self.assertEqual(samples.value("xplenty_job_output_records_total", account="acme", cluster="Daily Test"), 1)
        # To Prometheus an empty label is an absent one.
        self.assertEqual(samples.value(FINISHED, account="acme", cluster="", status="completed"), 1)
        clusters = {dict(labels)["cluster"] for _, labels in samples if ("account", "acme") in labels and
                    "cluster" in dict(labels)}
        self.assertEqual(clusters & {"Daily Test #100", "Daily Test #101", "cyan-wave-764"}, set())
        self.assertIsNone(samples.value("xplenty_cluster_info", account="acme", cluster="Daily Test"))
        self.assertEqual(actual_job_samples(samples, "globex"), actual_job_samples(before, "globex"))
        self.file.write("acme", "globex")
        self.assertTrue(exporter.reload())
        self.assertEqual(actual_job_samples(exporter.scrape(), "acme"), actual_job_samples(before, "acme"))

    def test_new_key_is_tried_at_once(self):
        exporter = self.start("initech")
        self.assertEqual(exporter.scrape().value("xplenty_up"), 0)
        key_file = self.file.key_file("initech-2", "other-key")
        self.file.write({"id": "initech", "api_key_file": key_file})
        self.assertTrue(exporter.reload())
        samples = exporter.scrape()
        self.assertEqual(samples.value("xplenty_up"), 1)
        self.assert_equals_truth(samples, self.sim.truth(account="initech"), "initech")

    def test_filters_apply_to_counted_jobs(self):
        exporter = self.start("acme", "globex")
        self.scrape_all(exporter, ("acme", "globex"))
        self.file.write({"id": "acme", "packages": {"exclude": [".*_test"]}}, "globex")
        self.assertTrue(exporter.reload())
        samples = exporter.scrape()
        self.assertEqual(samples.value(FINISHED, account="acme", status="completed"), 3)
        self.assertIsNone(samples.value(FINISHED, account="acme", package="sales_test", status="failed"))
        self.assertEqual(samples.value(FINISHED, account="globex", package="sales_test", status="failed"), 1)
        test = {"id": 7, "name": "sales_test"}
        self.sim.post_jobs(finished(9, "failed", at=self.now, package=test, package_id=7), account="acme")
        exporter.probe("acme")
        self.file.write("acme", "globex")
        self.assertTrue(exporter.reload())
        self.await_truth(exporter, {account: self.sim.truth(account=account) for account in ("acme", "globex")})

    def test_new_labels_hold_the_same_jobs(self):
        exporter = self.start("acme", "globex")
        self.scrape_all(exporter, ("acme", "globex"))
        metrics = {"labels": {"cluster": {"rename": "etl_cluster"}}, "runtime_buckets": [59, 60.5]}
        self.file.write("acme", "globex", metrics=metrics)
        self.assertTrue(exporter.reload())
        samples = exporter.scrape()
        bucket = "xplenty_job_runtime_seconds_bucket"
        labels = {"account": "acme", "package": "sales", "etl_cluster": "etl", "status": "completed"}
        self.assertEqual([samples.value(bucket, **labels, le=le) for le in ("59.0", "60.5", "+Inf")], [0, 3, 3])
        self.assertEqual(samples.value("xplenty_jobs", **{**labels, "status": "running"}), 1)
        self.assertEqual([n for n, ls in samples if "cluster" in dict(ls) and n != "xplenty_cluster_info"], [])
        self.file.write("acme", "globex")
        self.assertTrue(exporter.reload())
        self.assert_equals_truth(exporter.scrape(), self.sim.truth(account="acme"), "acme")

    def test_wrong_config_changes_nothing(self):
        exporter = self.start("acme", "globex")
        before = self.scrape_all(exporter, ("acme", "globex"))
        good = self.file.path.read_text(encoding="utf-8")
        wrongs = {
            "accounts:\n- {id: acme, api_key_file: acme.key}\n- {id: acme}": ":3:4: two accounts have the id",
            "acounts: []": ':1:1: unknown key "acounts"',
            "api: {timeout: soon}": ':1:7: api.timeout: "soon" is not a duration',
            "accounts:\n- {id: x, api_key_file: nowhere}": ":2:11: cannot read API key file",
            "accounts: [": ":1:1: end of sequence flow not found",
        }
        for text, reason in wrongs.items():
            with self.subTest(text):
                self.file.write_text(text)
                self.assertFalse(exporter.reload())
                self.assertIn(f"{self.file}{reason}", exporter.output().replace('\\"', '"'))
                samples = exporter.scrape()
                self.assertEqual(samples.value(SUCCESSFUL), 0)
                for account in ("acme", "globex"):
                    self.assertEqual(actual_job_samples(samples, account), actual_job_samples(before, account))
                self.file.write_text(good)
                self.assertTrue(exporter.reload())
                self.assertEqual(exporter.scrape().value(SUCCESSFUL), 1)

    def test_unopenable_ledger_changes_nothing(self):
        exporter = self.start("acme")
        folder = next(a for a in exporter.arguments if a.startswith("--storage.path=")).split("=")[1]
        (ledger,) = [path.name for path in pathlib.Path(folder).glob("*acme*") if "-" not in path.name]
        name = ledger.replace("acme", "globex")
        pathlib.Path(folder, name).write_text("not a ledger", encoding="utf-8")
        self.file.write("acme", "globex", api={"timeout": "20s"})
        self.assertFalse(exporter.reload())
        self.assertIn(name, exporter.output())
        samples = exporter.scrape()
        self.assertEqual(self.accounts_in(samples), {"acme"})
        self.assert_equals_truth(samples, self.sim.truth(account="acme"), "acme")

    def test_endpoint_equals_signal(self):
        self.file = self.config("acme")
        exporter = self.exporter(self.sim, "--web.enable-lifecycle", config=self.file).ready()
        self.file.write("acme", "globex")
        self.assertEqual(http("POST", exporter.url + "/-/reload").status, 200)
        self.scrape_all(exporter, ("acme", "globex"))
        self.file.write_text("nonsense")
        self.assertEqual(http("POST", exporter.url + "/-/reload").status, 500)
        self.assertEqual(self.accounts_in(exporter.scrape()), {"acme", "globex"})

    def test_swapped_key_file_is_used(self):
        folder = pathlib.Path(self.folder())
        for name, key in (("..1", "wrong-key"), ("..2", "demo-key")):
            (folder / name).mkdir()
            (folder / name / "key").write_text(key, encoding="utf-8")
        (folder / "..data").symlink_to("..1")
        (folder / "key").symlink_to("..data/key")
        exporter = self.start({"id": "acme", "api_key_file": str(folder / "key")})
        self.assertEqual(exporter.scrape().value("xplenty_up"), 0)
        (folder / "..next").symlink_to("..2")
        os.replace(folder / "..next", folder / "..data")
        samples = exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the new key to be used")
        self.assert_equals_truth(samples, self.sim.truth(account="acme"), "acme")
        self.assertIn("The API key has changed", exporter.output())


class Check(EndToEndTest):
    def test_unreadable_ca_is_named_once(self):
        file = self.config("acme", "globex", api={"ca_file": "nowhere.pem"})
        code, output = self.check(file)
        self.assertEqual(code, 2)
        self.assertEqual(output.count(f"api.ca-file: cannot read {file.folder}/nowhere.pem: No such file"), 1)

    def check(self, file, storage=None):
        exporter = self.exporter(self.simulator(), "--config.check", config=file, storage=storage)
        return exporter.wait(), exporter.output()

    def test_findings_have_their_locations(self):
        file = self.config("acme")
        file.write_text("api:\n  timeout: soon\n  retries: 3\naccounts:\n- name: x\n")
        code, output = self.check(file)
        self.assertEqual(code, 2)
        for finding in (":2:3: api.timeout", ':3:3: unknown key "retries" in api', ":5:3: accounts: id is missing"):
            self.assertIn(f"{file}{finding}", output)

    def test_wrong_replacements_have_their_locations(self):
        file = self.config("acme")
        file.write_text("accounts: [{id: acme, api_key_file: acme.key}]\nmetrics:\n  labels:\n    cluster:\n"
                        "      replace:\n        - {match: '(', with: x}\n        - {match: 'x', with: $1}\n")
        code, output = self.check(file)
        self.assertEqual(code, 2)
        for finding in (":6:12: match: ", ":7:24: with: "):
            self.assertIn(f"{file}{finding}", output)

    def test_check_reads_keys_not_ledgers(self):
        file = self.config("acme", "globex")
        self.assertEqual(self.check(file, storage="/nonexistent/place"), (0, ""))
        (file.folder / "globex.key").write_text("two words", encoding="utf-8")
        code, output = self.check(file)
        self.assertEqual(code, 2)
        self.assertRegex(output, re.escape(str(file)) + r":\d+:\d+: API key file .*globex\.key: ")


if __name__ == "__main__":
    unittest.main()
