"""An API that fails: no scrape waits for it, no counter moves, and the exporter recovers by itself."""

import pathlib
import signal
import time
import unittest

from harness import EndToEndTest, wait_for

SCRAPE_TIMEOUT_SECONDS = 3
PROBE_SECONDS = 60  # between two requests while the API refuses the key

# The budget is so large that refreshes are not spread.
ACCOUNT = ("--jobs=200",)
STALE = "--metrics.stale-after=1s"
PATIENT = "--api.timeout=1h"  # a request fails because of its fault, not because the machine is busy
STATE_GAUGES = (
    "xplenty_jobs",
    "xplenty_job_progress_ratio",
    "xplenty_job_oldest_running_start_timestamp_seconds",
    "xplenty_job_oldest_waiting_creation_timestamp_seconds",
    "xplenty_job_unfinished_output_records",
)


def job_counters(samples):
    return {
        (name, labels): value
        for (name, labels), value in samples.items()
        if name.startswith(("xplenty_job_", "xplenty_jobs_finished"))
        and name.endswith(("_total", "_bucket", "_count", "_sum"))
    }


def errors(samples):
    return {
        dict(labels)["reason"]: value
        for labels, value in samples.family("xplenty_exporter_refresh_errors_total").items()
    }


def shows_state(samples):
    return any(samples.family(gauge) for gauge in STATE_GAUGES)


class Outage(EndToEndTest):
    def filled(self, *flags):
        return self.simulator(*ACCOUNT, *flags)

    def healthy(self, simulator, timeout=PATIENT, **options):
        """An exporter with a ledger and a completed refresh, and its samples."""
        options.setdefault("storage", self.folder())
        exporter = self.exporter(simulator, STALE, timeout, **options).ready()
        good = exporter.scrape_until(lambda s: s.value("xplenty_up") == 1 and shows_state(s), "a good start")
        self.assertTrue(job_counters(good))
        return exporter, good

    def scrape(self, exporter):
        return exporter.scrape(timeout_seconds=SCRAPE_TIMEOUT_SECONDS)

    def assert_fails_well(self, exporter, good, reason):
        """Checks that up is 0 in the first scrape, the reason is counted, and the state vanishes later."""
        failed = self.scrape(exporter)
        self.assertEqual(failed.value("xplenty_up"), 0)
        self.assertEqual(job_counters(failed), job_counters(good))

        def reported():
            samples = self.scrape(exporter)
            self.assertEqual(samples.value("xplenty_up"), 0)
            self.assertEqual(job_counters(samples), job_counters(good))
            counted = errors(samples)[reason] > errors(good)[reason]
            return samples if counted and not shows_state(samples) else None

        samples = wait_for(reported, f"the reason {reason} and no state")
        others = {r: n for r, n in errors(samples).items() if r != reason}
        self.assertEqual(others, {r: n for r, n in errors(good).items() if r != reason})

    def assert_recovers(self, exporter, simulator):
        recovered = exporter.scrape_until(
            lambda s: s.value("xplenty_up") == 1 and shows_state(s), "the exporter to recover"
        )
        count_from = recovered.value("xplenty_exporter_count_from_timestamp_seconds")
        self.assert_equals_truth(recovered, simulator.truth(count_from=count_from))

    def outage(self, reason, timeout=PATIENT, **faults):
        simulator = self.filled()
        exporter, good = self.healthy(simulator, timeout)
        simulator.faults(**faults)
        simulator.post_jobs({"status": "failed"}, {"status": "running"})
        self.assert_fails_well(exporter, good, reason)
        simulator.clear_faults()
        self.assert_recovers(exporter, simulator)

    def test_an_api_that_hangs(self):
        self.outage("timeout", timeout="--api.timeout=1s", hang=True)

    def test_scrape_ends_while_api_hangs(self):
        simulator = self.filled()
        exporter, good = self.healthy(simulator)
        simulator.faults(hang=True)
        samples = exporter.scrape(timeout_seconds=1)
        self.assertEqual(samples.value("xplenty_up"), 0)
        self.assertEqual(errors(samples), errors(good), "its request has an hour")

    def test_a_rate_limit_with_retry_after(self):
        self.outage("rate_limit", status={"429": 1}, retry_after="1")

    def test_an_internal_error(self):
        self.outage("http", status={"500": 1})

    def test_an_unavailable_service(self):
        self.outage("http", status={"503": 1})

    def test_a_page_of_html(self):
        self.outage("parse", html=1)

    def test_half_a_page(self):
        self.outage("parse", cut_json=1)

    def test_a_body_that_breaks_off(self):
        self.outage("network", cut_body=1)

    def test_a_connection_closed_without_an_answer(self):
        self.outage("network", close=1)

    def test_refused_connections(self):
        address = self.address()
        simulator = self.filled(f"--listen-address={address}")
        exporter, good = self.healthy(simulator)
        simulator.kill()
        self.assert_fails_well(exporter, good, "network")
        self.assert_recovers(exporter, self.filled(f"--listen-address={address}"))

    def test_refused_key_recovers_without_restart(self):
        """Tests 401, 402 and 403 at the same time, as each needs a minute to recover."""
        accounts = []
        for status in (401, 402, 403):
            simulator = self.filled()
            exporter, good = self.healthy(simulator)
            simulator.faults(reject_key=status)
            simulator.forget_requests()
            accounts.append((simulator, exporter, good, time.monotonic()))
        for simulator, exporter, good, refused_from in accounts:
            self.assert_fails_well(exporter, good, "auth")
            for _ in range(20):
                self.scrape(exporter)
            sent = simulator.requests()["total"]
            minutes = (time.monotonic() - refused_from) / PROBE_SECONDS
            self.assertGreaterEqual(sent, 1)
            self.assertLessEqual(sent, 1 + minutes)
            simulator.clear_faults()
        for simulator, exporter, _, _ in accounts:
            self.assert_recovers(exporter, simulator)

    def with_key_file(self):
        simulator = self.filled(f"--listen-address={self.address()}")
        path = pathlib.Path(self.folder(), "key")
        path.write_text(simulator.key + "\n")
        environment = {"XPLENTY_API_KEY_FILE": str(path), "XPLENTY_API_KEY": ""}
        exporter, good = self.healthy(simulator, env=environment)
        return simulator, exporter, good, path

    def restart_with_key(self, simulator, key):
        address = simulator.url.removeprefix("http://")
        simulator.kill()
        return self.simulator(*ACCOUNT, f"--listen-address={address}", key=key)

    def test_key_replaced_before_refusal_works(self):
        simulator, exporter, good, path = self.with_key_file()
        path.write_text("the-next-key\n")
        simulator = self.restart_with_key(simulator, "the-next-key")
        self.assert_recovers(exporter, simulator)
        self.assertEqual(errors(exporter.scrape())["auth"], errors(good)["auth"])

    def test_reload_tries_new_key_at_once(self):
        simulator, exporter, good, path = self.with_key_file()
        simulator = self.restart_with_key(simulator, "the-next-key")
        self.assert_fails_well(exporter, good, "auth")
        refused = simulator.requests()["total"]
        path.write_text("the-next-key\n")
        exporter.signal(signal.SIGHUP)
        exporter.wait_for_log("msg=Reloaded")
        samples = exporter.scrape()
        self.assertEqual(samples.value("xplenty_up"), 1)
        self.assertGreater(simulator.requests()["total"], refused)
        self.assert_recovers(exporter, simulator)

    def test_state_vanishes_during_retry_after(self):
        simulator = self.filled()
        exporter, good = self.healthy(simulator)
        simulator.faults(status={"429": 1}, retry_after="3600")
        simulator.forget_requests()
        self.assert_fails_well(exporter, good, "rate_limit")
        self.assertEqual(simulator.requests()["total"], 1)

    def test_recovers_after_start_without_api(self):
        address = self.address()
        simulator = self.filled(f"--listen-address={address}")
        simulator.kill()
        exporter = self.exporter(simulator, STALE, PATIENT, storage=self.folder()).ready()
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        samples = self.scrape(exporter)
        self.assertEqual(samples.value("xplenty_up"), 0)
        self.assertFalse(shows_state(samples))
        self.assertFalse(job_counters(samples))
        self.assert_recovers(exporter, self.filled(f"--listen-address={address}"))


if __name__ == "__main__":
    unittest.main()
