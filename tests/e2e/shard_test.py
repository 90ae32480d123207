"""Accounts are distributed over replicas: exactly one serves each account, the one that Prometheus' hashmod finds."""

import hashlib
import unittest

from harness import EndToEndTest, unix
from jobs import finished
from prometheus_server import Prometheus

ACCOUNTS = [f"account-{n}" for n in range(30)]
COUNT_FROM = "xplenty_exporter_count_from_timestamp_seconds"


def shard_of(account, count):
    """The shard as Prometheus' hashmod computes it."""
    return int.from_bytes(hashlib.md5(account.encode()).digest()[8:], "big") % count


def accounts_up(samples):
    return {dict(labels)["account"] for (name, labels), value in samples.items()
            if name == "xplenty_up" and value == 1}


class Shards(EndToEndTest):
    def setUp(self):
        self.sim = self.simulator(*(f"--account={account}" for account in ACCOUNTS))
        self.now = unix(self.sim.NOW)
        for account in ACCOUNTS:
            self.sim.post_jobs(finished(1, at=self.now - 60), account=account)
        self.file = self.config(*ACCOUNTS)

    def replicas(self, count, folders=None, name=""):
        """Starts replicas that are ready, each with the accounts that it should serve."""
        started = [
            self.exporter(self.sim, f"--accounts.shard={name}{n}/{count}", config=self.file,
                          storage=folders and folders[n])
            for n in range(count)
        ]
        for n, exporter in enumerate(started):
            mine = {account for account in ACCOUNTS if shard_of(account, count) == n}
            exporter.ready().scrape_until(lambda s: accounts_up(s) == mine, f"shard {n} of {count}")
        return started

    def test_hashmod_names_the_replica(self):
        replicas = self.replicas(3, name="xplenty-exporter-")  # the names of pods of a StatefulSet
        prometheus = self._keep(Prometheus(self.folder(), {f"r{n}": r.url for n, r in enumerate(replicas)}))
        self.await_all_once(prometheus)

    def await_all_once(self, prometheus):
        prometheus.await_value("sum(xplenty_up)", len(ACCOUNTS))
        prometheus.await_value("count(count by (account) (xplenty_up))", len(ACCOUNTS))
        prometheus.await_value("max(count by (account) (xplenty_up))", 1)

    def test_prometheus_hashmod_finds_the_replica(self):
        replicas = [r.url.removeprefix("http://") for r in self.replicas(3)]
        relabel = [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            # The instance stays the replica's address: a counter that moves to another replica is another series.
            {"source_labels": ["__address__"], "target_label": "target"},
            {"source_labels": ["__param_target"], "modulus": 3, "target_label": "__tmp_shard",
             "action": "hashmod"},
            *({"source_labels": ["__tmp_shard"], "regex": str(n), "target_label": "__address__",
               "replacement": address} for n, address in enumerate(replicas)),
        ]
        scrape = {"metrics_path": "/probe", "relabel_configs": relabel,
                  "static_configs": [{"targets": ACCOUNTS}]}
        prometheus = self._keep(Prometheus(self.folder(), {"probe": "http://none"}, scrape=scrape))
        prometheus.await_value("sum(up)", len(ACCOUNTS))
        self.await_all_once(prometheus)

    def test_target_of_another_shard_is_explained(self):
        replica = self.replicas(3)[0]
        other = next(account for account in ACCOUNTS if shard_of(account, 3) == 2)
        response = replica.get(f"/probe?target={other}")
        self.assertEqual(response.status, 400)
        self.assertIn(f'"{other}" is an account of another shard: 2/3', response.text)

    def test_empty_shard_is_ready(self):
        self.file.write("account-0")
        n = 1 - shard_of("account-0", 2)
        exporter = self.exporter(self.sim, f"--accounts.shard={n}/2", config=self.file).ready()
        self.assertEqual(accounts_up(exporter.scrape()), set())
        self.assertIn("No account of the config belongs to this shard", exporter.output())

    def test_resharding_keeps_the_ledgers(self):
        """Replica n keeps volume n. An account that moves begins with count_from = now - lookback."""
        volumes = [self.folder() for _ in range(3)]
        first, births = self.replicas(3, volumes), {}
        for n, replica in enumerate(first):
            births.update({account: (n, value) for (account, value) in self.count_froms(replica)})
            self.assertEqual(replica.stop(), 0)
        self.assertEqual(set(births), set(ACCOUNTS))

        self.pass_a_day(2)
        second = self.replicas(2, volumes)
        moved = 0
        for n, replica in enumerate(second):
            for account, count_from in self.count_froms(replica):
                stayed = births[account][0] == n
                moved += not stayed
                expected = births[account][1] if stayed else self.now - 86400
                self.assertEqual(count_from, expected, account)
            self.assert_exact(replica)
            self.assertEqual(replica.stop(), 0)
        self.assertTrue(0 < moved < len(ACCOUNTS))

        self.pass_a_day(3)
        for n, replica in enumerate(self.replicas(3, volumes)):
            for account, count_from in self.count_froms(replica):
                self.assertEqual((n, count_from), births[account], account)
            self.assert_exact(replica)  # also for jobs that another replica counted meanwhile

    def pass_a_day(self, job_id):
        self.sim.advance(86400)
        self.now += 86400
        for account in ACCOUNTS:
            self.sim.post_jobs(finished(job_id, at=self.now - 3600), account=account)

    def count_froms(self, replica):
        return [(dict(labels)["account"], value)
                for (name, labels), value in replica.scrape().items() if name == COUNT_FROM]

    def assert_exact(self, replica):
        samples = replica.scrape()
        for account, count_from in self.count_froms(replica):
            truth = self.sim.truth(count_from=count_from, account=account)
            self.assert_equals_truth(samples, truth, account)


if __name__ == "__main__":
    unittest.main()
