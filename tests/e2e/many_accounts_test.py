"""Hundreds of accounts in one process: all are exact, with a bounded number of threads and descriptors."""

import os
import unittest

from harness import EndToEndTest

ACCOUNTS = [f"account-{n:03}" for n in range(200)]


class ManyAccounts(EndToEndTest):
    def test_two_hundred_accounts_are_exact(self):
        sim = self.simulator(*(f"--account={account}" for account in ACCOUNTS), "--jobs=10")
        exporter = self.exporter(sim, "--web.max-connections=8", config=self.config(*ACCOUNTS),
                                 storage=self.folder()).ready()
        up = lambda s: sum(v for (name, _), v in s.items() if name == "xplenty_up") == len(ACCOUNTS)
        samples = exporter.scrape_until(up, "all accounts")
        for account in ACCOUNTS[::20]:
            count_from = samples.value("xplenty_exporter_count_from_timestamp_seconds", account=account)
            truth = sim.truth(count_from=count_from, account=account)
            self.assert_equals_truth(samples, truth, account)

        process = f"/proc/{exporter.process.pid}"
        threads = len(os.listdir(process + "/task"))
        # There is one thread per account, one that waits for signals, one for connections, and the workers;
        # sanitizers add one.
        self.assertLessEqual(threads, len(ACCOUNTS) + 2 + 8 + 1)
        # Each account has the ledger's file, a connection to the API, and descriptors of curl.
        self.assertLessEqual(len(os.listdir(process + "/fd")), 6 * len(ACCOUNTS) + 64)


if __name__ == "__main__":
    unittest.main()
