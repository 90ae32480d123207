"""The program as its operator sees it: signals, flags, exit codes, and its HTTP responses."""

import concurrent.futures
import http.client
import os
import re
import signal
import socket
import subprocess
import unittest
import zlib

import exposition
from harness import BIN, DEADLINE_SECONDS, EndToEndTest, Samples, wait_for

# The API has an hour for a page, and so has each scrape: a stop that waited for either would end later.
STOP_SECONDS = 50
PATIENT = ("--api.timeout=1h",)
AN_HOUR = {"X-Prometheus-Scrape-Timeout-Seconds": "3600"}
RELOAD = "xplenty_exporter_config_last_reload_success"


def run(*flags, env=None):
    """Runs the exporter until it exits; by default the account is never requested."""
    environment = {"XPLENTY_ACCOUNT_ID": "demo", "XPLENTY_API_KEY": "demo-key", **(env or {})}
    return subprocess.run(
        [BIN / "xplenty_exporter", *flags],
        env={**environment, "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )


def promtool(text):
    """The complaints of promtool about an exposition; empty if there are none."""
    command = ["promtool", "check", "metrics"]
    checked = subprocess.run(command, input=text, capture_output=True, text=True)
    return checked.stdout + checked.stderr


def response_of(function):
    """The response, or None if the connection was closed without one."""
    try:
        return function()
    except (OSError, http.client.HTTPException):
        return None


class Signals(EndToEndTest):
    def assert_stops_at_once(self, number):
        simulator = self.simulator()
        simulator.faults(hang=True)
        exporter = self.exporter(simulator, *PATIENT, storage=self.folder()).serving()
        wait_for(lambda: simulator.requests()["total"], "the refresh to ask")
        before = exporter.sockets()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            scrapes = [pool.submit(response_of, lambda: exporter.get(headers=AN_HOUR)) for _ in range(4)]
            wait_for(lambda: exporter.sockets() >= before + 4, "the scrapes to wait")
            exporter.signal(number)
            self.assertEqual(exporter.wait(STOP_SECONDS), 0)
            for scrape in scrapes:
                response = scrape.result(timeout=DEADLINE_SECONDS)
                self.assertIn(response and response.status, (None, 200, 503))

    def test_sigterm_ends_a_busy_process(self):
        self.assert_stops_at_once(signal.SIGTERM)

    def test_sigint_does_the_same(self):
        self.assert_stops_at_once(signal.SIGINT)

    def test_sighup_reloads_and_reports_failure(self):
        simulator = self.simulator("--jobs=20")
        key_file = os.path.join(self.folder(), "key")
        with open(key_file, "w", encoding="utf-8") as file:
            file.write(simulator.key)
        environment = {"XPLENTY_API_KEY_FILE": key_file}
        exporter = self.exporter(simulator, env=environment).ready()
        loaded = exporter.scrape().value(RELOAD + "_timestamp_seconds")
        os.rename(key_file, key_file + ".away")
        exporter.signal(signal.SIGHUP)
        exporter.wait_for_log("Reload failed.*" + re.escape(key_file))
        failed = exporter.scrape()
        self.assertEqual(failed.value(RELOAD + "ful"), 0)
        self.assertEqual(failed.value(RELOAD + "_timestamp_seconds"), loaded)
        self.assertEqual(failed.value("xplenty_up"), 1)
        os.rename(key_file + ".away", key_file)
        exporter.signal(signal.SIGHUP)
        exporter.wait_for_log("msg=Reloaded")
        samples = exporter.scrape()
        self.assertEqual(samples.value(RELOAD + "ful"), 1)
        self.assertGreater(samples.value(RELOAD + "_timestamp_seconds"), loaded)

    def test_reload_endpoint_needs_lifecycle_and_post(self):
        simulator = self.simulator()
        plain = self.exporter(simulator).ready()
        self.assertEqual(plain.get("/-/reload", method="POST").status, 404)
        exporter = self.exporter(simulator, "--web.enable-lifecycle").ready()
        self.assertEqual(exporter.get("/-/reload").status, 405)
        self.assertNotIn("msg=Reloaded", exporter.output())
        self.assertEqual(exporter.get("/-/reload", method="POST").status, 200)
        self.assertIn("msg=Reloaded", exporter.output())


class CommandLine(EndToEndTest):
    def test_once_prints_a_valid_exposition(self):
        simulator = self.simulator("--jobs=100")
        done = run("--once", f"--api.url={simulator.url}", f"--storage.path={self.folder()}")
        self.assertEqual(done.returncode, 0, done.stderr)
        exposition.check(done.stdout, openmetrics=False)
        samples = Samples(done.stdout)
        self.assertEqual(samples.value("xplenty_up"), 1)
        self.assertFalse([name for name, _ in samples if name.startswith("process_")])
        count_from = samples.value("xplenty_exporter_count_from_timestamp_seconds")
        finished = sum(samples.family("xplenty_jobs_finished_total").values())
        truth = simulator.truth(count_from=count_from)["series"]
        self.assertEqual(finished, sum(sum(s["finished"].values()) for s in truth))
        self.assertEqual(promtool(done.stdout), "")

    def test_once_without_api_exits_1(self):
        done = run("--once", "--api.url=http://127.0.0.1:1", "--storage.path=")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(Samples(done.stdout).value("xplenty_up"), 0)
        self.assertEqual(promtool(done.stdout), "")

    def test_version_and_help_exit_0(self):
        version = run("--version")
        self.assertEqual((version.returncode, version.stderr), (0, ""))
        self.assertRegex(version.stdout, r"^xplenty_exporter, version \d+\.\d+\.\d+ ")
        shown = run("--help")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("--web.listen-address", shown.stdout)  # docs.tables compares all flags

    def test_wrong_usage_exits_2(self):
        cases = {
            ("--no.such-flag=1",): ("--no.such-flag",),
            ("stray",): ("stray",),
            ("--api.timeout=fast",): ("--api.timeout", "fast", "15s"),
            ("--api.timeout=0s",): ("--api.timeout", "0s", "1ms"),
            ("--api.timeout=-1s",): ("--api.timeout", "-1s"),
            ("--refresh.lookback=1s",): ("--refresh.lookback", "1m"),
            ("--api.page-size=0",): ("--api.page-size", "from 1 to 100"),
            ("--api.page-size=101",): ("--api.page-size", "101", "from 1 to 100"),
            ("--metrics.max-series=many",): ("--metrics.max-series", "many"),
            ("--log.level=loud",): ("--log.level", "loud", "debug, info, warn, error"),
            ("--log.format=xml",): ("--log.format", "xml", "logfmt, json"),
            ("--web.telemetry-path=metrics",): ("--web.telemetry-path", "/metrics"),
            ("--storage.reset", "--storage.path="): ("--storage.reset", "--storage.path"),
            ("--account.id=",): ("--account.id", "XPLENTY_ACCOUNT_ID"),
            ("--api.timeout",): ("--api.timeout",),
        }
        for flags, expected in cases.items():
            with self.subTest(flags=flags):
                done = run(*flags)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                for part in expected:
                    self.assertIn(part, done.stderr)

    def test_missing_account_or_key_is_explained(self):
        for name, how in (
            ("XPLENTY_ACCOUNT_ID", ("--account.id",)),
            ("XPLENTY_API_KEY", ("--account.api-key-file", "XPLENTY_API_KEY_FILE")),
        ):
            done = run(env={name: ""})
            self.assertEqual(done.returncode, 2, done.stderr)
            for part in (name, *how):
                self.assertIn(part, done.stderr)

    def test_unusable_address_exits_1(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            in_use = f"127.0.0.1:{taken.getsockname()[1]}"
            for address, reason in (
                (in_use, "Address already in use"),
                ("nonsense", "expected host:port"),
                ("127.0.0.1:70000", "expected host:port"),
            ):
                with self.subTest(address=address):
                    done = run(
                        f"--web.listen-address={address}",
                        "--api.url=http://127.0.0.1:1",
                        "--storage.path=",
                    )
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(address, done.stderr)
                    self.assertIn(reason, done.stderr)

    def test_flag_wins_over_environment(self):
        simulator = self.simulator("--jobs=20")
        flags = ("--api.url", simulator.url, "--account.id=demo", "--storage.path", "", "--once")
        wrong = {"XPLENTY_ACCOUNT_ID": "other", "XPLENTY_API_URL": "http://127.0.0.1:1"}
        done = run(*flags, env=wrong)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(Samples(done.stdout).value("xplenty_up", account="demo"), 1)

    def test_listens_on_both_ip_versions(self):
        addresses = ["127.0.0.1:0"]
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
            addresses.append("[::1]:0")
        except OSError:  # the machine has no IPv6
            addresses.append("127.0.0.1:0")
        flags = [f"--web.listen-address={address}" for address in addresses]
        exporter = self.exporter(self.simulator(), *flags).serving()
        wait_for(lambda: exporter.output().count("Listening on") == 3, "three addresses")
        for url in re.findall(r'msg="Listening on" address=(\S+)', exporter.output()):
            exporter.url = "http://" + url
            self.assertEqual(exporter.get("/-/healthy").status, 200)
            self.assertEqual(Samples(exporter.get().text).value("xplenty_up"), 1)


class Http(EndToEndTest):
    def filled(self):
        return self.exporter(self.simulator("--jobs=100")).ready()

    def test_head_equals_get_without_body(self):
        exporter = self.filled()
        for path in ("/-/healthy", "/-/ready", "/no-such-page"):
            get, head = exporter.get(path), exporter.get(path, method="HEAD")
            self.assertEqual((head.status, head.body), (get.status, b""))
            self.assertEqual(head.headers["Content-Length"], str(len(get.body)))
        head = exporter.get(method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Type"], exporter.get().headers["Content-Type"])
        self.assertGreater(int(head.headers["Content-Length"]), 1000)

    def test_other_paths_are_404(self):
        exporter = self.filled()
        for path in ("/no-such-page", "/metrics/", "/metrics/x", "//metrics", "/-/", "/-/quit"):
            self.assertEqual(exporter.get(path).status, 404, path)

    def test_telemetry_path_replaces_metrics(self):
        exporter = self.exporter(self.simulator(), "--web.telemetry-path=/xplenty").ready()
        self.assertEqual(exporter.get("/metrics").status, 404)
        self.assertEqual(Samples(exporter.get("/xplenty").text).value("xplenty_up"), 1)

    def test_default_format_is_valid_text(self):
        response = self.filled().get()
        expected = "text/plain; version=0.0.4; charset=utf-8"
        self.assertEqual(response.headers["Content-Type"], expected)
        self.assertNotIn("Content-Encoding", response.headers)
        self.assertEqual(promtool(response.text), "")

    def test_gzip_is_one_valid_member(self):
        exporter = self.filled()
        response = exporter.get(headers={"Accept-Encoding": "gzip"})
        self.assertEqual(response.headers["Content-Encoding"], "gzip")
        decoder = zlib.decompressobj(wbits=31)
        text = decoder.decompress(response.body).decode()
        self.assertTrue(decoder.eof)
        self.assertEqual(decoder.unused_data, b"")
        self.assertEqual(promtool(text), "")
        jobs = Samples(text).family("xplenty_jobs_finished_total")
        self.assertTrue(jobs)
        self.assertEqual(jobs, exporter.scrape().family("xplenty_jobs_finished_total"))

    def test_concurrent_scrapes_share_a_refresh(self):
        simulator = self.simulator("--jobs=50")
        flags = (*PATIENT, "--refresh.min-interval=1h")  # no second refresh for a scrape that comes late
        self.assertEqual(self.exporter(simulator, *flags).ready().scrape().value("xplenty_up"), 1)
        cost = simulator.requests()["total"]
        simulator.forget_requests()
        simulator.faults(hang=True)
        exporter = self.exporter(simulator, *flags).serving()
        wait_for(lambda: simulator.requests()["total"], "the refresh to ask")
        before = exporter.sockets()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            scrapes = [pool.submit(exporter.scrape) for _ in range(8)]
            wait_for(lambda: exporter.sockets() >= before + 8, "the scrapes to wait")
            simulator.clear_faults()
            for scrape in scrapes:
                self.assertEqual(scrape.result().value("xplenty_up"), 1)
        self.assertEqual(simulator.requests()["total"], cost)

    def test_minimum_interval_sends_no_request(self):
        simulator = self.simulator("--jobs=50")
        exporter = self.exporter(simulator, "--refresh.min-interval=1h").ready()
        exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        simulator.forget_requests()
        for _ in range(10):
            exporter.scrape()
        self.assertEqual(simulator.requests()["total"], 0)

    def test_refresh_continues_after_scrape_deadline(self):
        simulator = self.simulator("--jobs=50")
        flags = (*PATIENT, "--refresh.min-interval=1h")
        storage = self.folder()
        first = self.exporter(simulator, *flags, storage=storage).ready()
        before = first.scrape_until(lambda s: s.value("xplenty_up") == 1, "the first refresh")
        self.assertEqual(first.stop(), 0)

        simulator.post_jobs({"status": "completed"})
        simulator.forget_requests()
        simulator.faults(hang=True)
        exporter = self.exporter(simulator, *flags, storage=storage).serving()
        wait_for(lambda: simulator.requests()["total"], "the refresh to send a request")
        hasty = exporter.scrape(timeout_seconds=0.6)
        finished = "xplenty_jobs_finished_total"
        self.assertEqual(hasty.value("xplenty_up"), 0)
        self.assertEqual(hasty.family(finished), before.family(finished))

        simulator.clear_faults()
        after = exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "its result")
        counted = (sum(s.family(finished).values()) for s in (after, before))
        self.assertEqual(next(counted) - next(counted), 1)
        queries = [request["query"] for request in simulator.requests()["list"]]
        self.assertEqual(len(queries), len(set(queries)), "a page was requested again")


if __name__ == "__main__":
    unittest.main()
