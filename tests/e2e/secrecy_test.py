"""Only the API sees the API key."""

import base64
import http.server
import json
import os
import pathlib
import threading
import unittest

from harness import EndToEndTest
from jobs import finished

KEY = "zq7Kx-distinctive-9fW2"
BASIC = base64.b64encode(f"{KEY}:".encode()).decode()
PAGES = ("/", "/metrics", "/no-such-page", "/-/ready", "/-/healthy", "/-/reload")
FORMATS = ("logfmt", "json")


class EchoingServer(http.server.BaseHTTPRequestHandler):
    """An API or a proxy that refuses requests and repeats what it received."""

    def do_GET(self):
        secret = self.headers["Authorization"] or self.headers["Proxy-Authorization"]
        body = json.dumps({"message": f"refused: {KEY}, {secret}"}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Secrecy(EndToEndTest):
    def assert_secret(self, what, content):
        content = content if isinstance(content, bytes) else content.encode()
        for secret in (KEY, BASIC.rstrip("=")):
            self.assertNotIn(secret.encode(), content, what)

    def assert_exporter_is_silent(self, exporter, command_line=True):
        for page in PAGES:
            for method in ("GET", "POST"):
                response = exporter.get(page, method=method)
                self.assert_secret(page, response.body + str(response.headers).encode())
        if command_line:
            arguments = pathlib.Path(f"/proc/{exporter.process.pid}/cmdline").read_bytes()
            self.assertIn(b"xplenty_exporter", arguments)
            self.assert_secret("the argument list", arguments)
        self.assert_secret("the log", exporter.output())

    def start(self, simulator, log_format, *flags, **options):
        shown = ("--log.level=debug", f"--log.format={log_format}", "--web.enable-lifecycle")
        return self.exporter(simulator, *shown, *flags, **options)

    def serve(self, handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def test_no_outcome_reveals_the_key(self):
        for log_format in FORMATS:
            with self.subTest(log_format=log_format):
                simulator = self.simulator("--jobs=50", key=KEY)
                storage = self.folder()
                exporter = self.exporter_of_all_trouble(simulator, log_format, storage)
                self.assert_secret("the log", exporter.output())
                files = [path for path in pathlib.Path(storage).rglob("*") if path.is_file()]
                self.assertTrue(files)
                for path in files:
                    self.assert_secret(path, path.read_bytes())

    def exporter_of_all_trouble(self, simulator, log_format, storage):
        exporter = self.start(simulator, log_format, storage=storage).ready()
        exporter.scrape_until(lambda s: s.value("xplenty_up") == 1, "a good start")
        self.assert_exporter_is_silent(exporter)
        simulator.faults(status={"500": 1})
        exporter.scrape_until(
            lambda s: s.value("xplenty_exporter_refresh_errors_total", reason="http"), "a failure"
        )
        exporter.wait_for_log("HTTP 500")
        self.assert_exporter_is_silent(exporter)
        simulator.faults(reject_key=401)
        exporter.scrape_until(
            lambda s: s.value("xplenty_exporter_refresh_errors_total", reason="auth"), "a refusal"
        )
        self.assert_exporter_is_silent(exporter)
        exporter.stop()
        hanging = self.start(simulator, log_format, storage=storage)
        simulator.faults(hang=True)
        hanging.serving()
        self.assertEqual(hanging.stop(), 0)
        self.assert_secret("the log", exporter.output())
        return hanging

    def test_response_with_key_is_redacted(self):
        api = self.serve(EchoingServer)
        for log_format in FORMATS:
            with self.subTest(log_format=log_format):
                environment = {"XPLENTY_API_URL": api}
                simulator = self.simulator(key=KEY)
                exporter = self.start(simulator, log_format, env=environment).ready()
                exporter.wait_for_log("HTTP 401")
                self.assertIn("refused", exporter.get("/").text)
                self.assert_exporter_is_silent(exporter)

    def test_job_texts_with_key_are_redacted(self):
        simulator = self.simulator(key=KEY)
        simulator.post_jobs(
            finished(1, "failed", errors=f"cannot log in as {KEY}: no such table",
                     html_url=f"https://dashboard.example/?key={KEY}")
        )
        exporter = self.start(simulator, "json").ready()
        self.assertIn("no such table", exporter.get("/").text)
        self.assert_exporter_is_silent(exporter)

    def test_proxy_url_with_key_is_redacted(self):
        simulator = self.simulator(key=KEY)
        telltale = self.serve(EchoingServer).removeprefix("http://")
        proxies = (
            f"http://user:{KEY}@127.0.0.1:1",
            f"http://{KEY}@no-such-host.invalid:3128",
            f"http://{KEY}:{KEY}@127.0.0.1:not-a-port",
            f"gopher://{KEY}@127.0.0.1:1",
            f"http://{KEY}:@{telltale}",
        )
        exporters = []  # all at the same time, as each gives up only after some attempts
        for proxy in proxies:
            flag = (f"--api.proxy-url={proxy}", "--api.timeout=2s")
            exporters.append((proxy, "flag", self.start(simulator, "logfmt", *flag)))
            by_environment = self.start(simulator, "logfmt", env={"http_proxy": proxy})
            exporters.append((proxy, "environment", by_environment))
        for proxy, how, exporter in exporters:
            with self.subTest(proxy=proxy, how=how):
                exporter.ready().wait_for_log("Refresh failed")
                self.assert_exporter_is_silent(exporter, command_line=how == "environment")

    def test_useless_key_file_is_named(self):
        folder = pathlib.Path(self.folder())
        empty, two_words = folder / "empty", folder / "two-words"
        empty.write_text("\n")
        two_words.write_text(f"{KEY} {KEY}\n")
        unreadable = {
            folder / "missing": "No such file or directory",
            empty: "holds no API key",
            two_words: "one word",
            folder: "not a regular file",
        }
        if os.geteuid() != 0:
            locked = folder / "locked"
            locked.write_text(KEY)
            locked.chmod(0)
            unreadable[locked] = "Permission denied"
        for path, reason in unreadable.items():
            with self.subTest(path=path.name):
                exporter = self.start(
                    self.simulator(key=KEY),
                    "logfmt",
                    env={"XPLENTY_API_KEY_FILE": str(path), "XPLENTY_API_KEY": ""},
                )
                self.assertEqual(exporter.wait(), 1)
                self.assertIn(str(path), exporter.output())
                self.assertIn(reason, exporter.output())
                self.assert_secret("the log", exporter.output())

    def test_invalid_key_is_not_quoted(self):
        exporter = self.start(self.simulator(), "logfmt", key=f"{KEY} with blanks")
        self.assertEqual(exporter.wait(), 1)
        self.assertIn("XPLENTY_API_KEY", exporter.output())
        self.assert_secret("the log", exporter.output())


if __name__ == "__main__":
    unittest.main()
