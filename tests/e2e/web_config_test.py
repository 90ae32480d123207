"""TLS, client certificates, passwords, headers and the rate limit, from the file of --web.config.file."""

import base64
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import threading
import unittest
import warnings

from certificates import Authority
from harness import DEADLINE_SECONDS, EndToEndTest, Samples, wait_for
from prometheus_server import Prometheus

# The hash of "right", with bcrypt's cost 4 to make the tests fast.
HASHES = {"alice": "$2b$04$jTZsZZqiW1fehzSGy9.KJuWbpg059bfUMqNs0/3/QUgziSauxiIE2"}


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class WebConfigTest(EndToEndTest):
    def setUp(self):
        self.web = pathlib.Path(self.folder())
        self.authority = Authority(self.web)
        self.authority.issue("server")
        self.file = self.web / "web.yml"

    def write(self, **sections):
        """Writes the file and moves it to its place, as an operator should."""
        text = self.web / "web.yml.new"
        text.write_text(json.dumps(sections), encoding="utf-8")  # JSON is YAML
        os.replace(text, self.file)

    @staticmethod
    def tls(**more):
        return {"cert_file": "server.pem", "key_file": "server.key", **more}

    def serve(self, *flags, **sections):
        self.write(**sections)
        simulator = self.simulator("--jobs=20")
        exporter = self.exporter(simulator, f"--web.config.file={self.file}", *flags).serving()
        self.address = exporter.url.removeprefix("http://")
        self.scheme = "https" if "tls_server_config" in sections else "http"
        wait_for(lambda: "msg=\"TLS is" in exporter.output(), "the log line about TLS")
        return exporter

    def context(self, client=None, trust=None):
        context = ssl.create_default_context(cafile=str(trust or self.authority.certificate))
        if client:
            context.load_cert_chain(*map(str, client))
        return context

    def get(self, path="/-/healthy", headers=None, context=None):
        if self.scheme == "https":
            connection = http.client.HTTPSConnection(
                self.address, context=context or self.context(), timeout=DEADLINE_SECONDS
            )
        else:
            connection = http.client.HTTPConnection(self.address, timeout=DEADLINE_SECONDS)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            response.body = response.read()
            return response
        finally:
            connection.close()

    def status(self, *arguments, **options):
        """The status, or None if the handshake or the connection was broken."""
        try:
            return self.get(*arguments, **options).status
        except (OSError, http.client.HTTPException):
            return None


class Tls(WebConfigTest):
    def test_serves_both_tls_versions(self):
        exporter = self.serve(tls_server_config=self.tls())
        self.assertIn('msg="TLS is enabled." http2=false address=' + self.address, exporter.output())
        self.assertEqual(Samples(self.get("/metrics").body.decode()).value("xplenty_up"), 1)
        taken = {}
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2,
                        ssl.TLSVersion.TLSv1_3):
            taken[version.name] = self.status(context=self.exactly(version))
        self.assertEqual(taken, {"TLSv1": None, "TLSv1_1": None, "TLSv1_2": 200, "TLSv1_3": 200})

    def exactly(self, version):
        context = self.context()
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about the old versions
            context.minimum_version = context.maximum_version = version
        return context

    def test_versions_can_be_set(self):
        self.serve(tls_server_config=self.tls(min_version="TLS10", max_version="TLS11"))
        versions = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2)
        self.assertEqual([self.status(context=self.exactly(v)) for v in versions], [200, 200, None])

    def test_ciphers_and_curves_can_be_set(self):
        suites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]
        self.serve(tls_server_config=self.tls(cipher_suites=suites, max_version="TLS12"))
        for cipher, status in (("ECDHE-ECDSA-AES256-GCM-SHA384", 200),
                               ("ECDHE-ECDSA-AES128-GCM-SHA256", None)):
            context = self.context()
            context.set_ciphers(cipher)
            self.assertEqual(self.status(context=context), status, cipher)
        self.serve(tls_server_config=self.tls(curve_preferences=["CurveP384"]))
        for curve, status in (("secp384r1", 200), ("prime256v1", None)):
            context = self.exactly(ssl.TLSVersion.TLSv1_3)
            context.set_ecdh_curve(curve)
            self.assertEqual(self.status(context=context), status, curve)

    def test_newer_ciphers_disable_older_tls(self):
        self.serve(tls_server_config=self.tls(cipher_suites=["TLS_AES_128_GCM_SHA256"]))
        versions = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
        self.assertEqual([self.status(context=self.exactly(v)) for v in versions], [None, 200])

    def test_certificates_can_be_inline(self):
        pem = {name: (self.web / f"server.{name}").read_text(encoding="utf-8") for name in ("pem", "key")}
        self.serve(tls_server_config={"cert": pem["pem"], "key": pem["key"]})
        self.assertEqual(self.status(), 200)

    def test_plain_http_on_tls_is_explained(self):
        self.serve(tls_server_config=self.tls())
        self.scheme = "http"
        response = self.get()
        self.assertEqual((response.status, response.body),
                         (400, b"400 Bad Request: this port speaks HTTPS\n"))

    def test_half_handshakes_delay_nothing(self):
        self.serve("--web.max-connections=8", tls_server_config=self.tls())
        host, port = self.address.split(":")
        hello = self.client_hello()
        clients = []
        self.addCleanup(lambda: [client.close() for client in clients])
        for i in range(100):
            client = socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS)
            clients.append(client)
            try:
                client.sendall((b"", b"\x16\x03\x01", hello[:50], hello, os.urandom(300))[i % 5])
            except OSError:
                pass  # closed to make room
            if i % 10 == 0:
                self.assertEqual(self.status(), 200, i)
        self.assertEqual(self.status("/metrics"), 200)

    def test_unfinished_handshake_is_closed(self):
        self.serve(tls_server_config=self.tls())
        host, port = self.address.split(":")
        hello = self.client_hello()
        clients = []
        for start in (b"", hello[:20], hello):
            client = socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS)
            self.addCleanup(client.close)
            client.sendall(start)
            clients.append(client)
        for client in clients:
            while client.recv(65536):
                pass  # the server's part of the handshake, then the end

    def client_hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            tls.do_handshake()
        return outgoing.read()

    def test_pipelined_requests_in_one_record(self):
        self.serve(tls_server_config=self.tls())
        host, port = self.address.split(":")
        request = b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n%s\r\n"
        with socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS) as plain:
            with self.context().wrap_socket(plain, server_hostname="localhost") as client:
                client.sendall(request % b"" * 300 + request % b"Connection: close\r\n")
                text = b"".join(iter(lambda: client.recv(65536), b""))
        self.assertEqual(text.count(b"HTTP/1.1 200 OK"), 301)


class ClientCertificates(WebConfigTest):
    def setUp(self):
        super().setUp()
        other = Authority(self.folder(), "other")
        self.known = self.authority.issue("client", "DNS:prometheus.example,IP:10.1.2.3,"
                                          "email:ops@example.org,URI:spiffe://example.org/prometheus")
        self.foreign = other.issue("foreign")
        self.for_servers = self.authority.issue("for_servers", usage="serverAuth")

    def statuses(self, **tls):
        self.serve(tls_server_config=self.tls(**tls))
        clients = {"none": None, "known": self.known, "foreign": self.foreign,
                   "for_servers": self.for_servers}
        return {n: self.status(context=self.context(client=c)) for n, c in clients.items()}

    def test_the_five_policies(self):
        ca = {"client_ca_file": "ca.pem"}
        ok = {"none": 200, "known": 200, "foreign": 200, "for_servers": 200}
        for policy, more, refused in (
            ("NoClientCert", {}, ()),
            ("RequestClientCert", {}, ()),
            ("RequestClientCert", ca, ()),
            ("RequireAnyClientCert", {}, ("none",)),
            ("RequireAnyClientCert", ca, ("none",)),
            ("VerifyClientCertIfGiven", ca, ("foreign", "for_servers")),
            ("RequireAndVerifyClientCert", ca, ("none", "foreign", "for_servers")),
        ):
            with self.subTest(policy=policy, more=more):
                expected = {**ok, **{name: None for name in refused}}
                self.assertEqual(self.statuses(client_auth_type=policy, **more), expected)

    def test_allowed_san_is_required(self):
        rule = {"client_auth_type": "RequireAndVerifyClientCert", "client_ca_file": "ca.pem"}
        for san, status in (("prometheus.example", 200), ("10.1.2.3", 200), ("ops@example.org", 200),
                            ("spiffe://example.org/prometheus", 200), ("example", None),
                            ("*.example", None), ("client", None)):
            with self.subTest(san=san):
                statuses = self.statuses(**rule, client_allowed_sans=["another.example", san])
                self.assertEqual(statuses["known"], status)
                self.assertIsNone(statuses["none"])


class Passwords(WebConfigTest):
    def test_all_but_health_needs_a_password(self):
        self.serve("--web.enable-lifecycle", basic_auth_users=HASHES)
        for path in ("/", "/metrics", "/-/reload", "/no-such-page"):
            response = self.get(path)
            self.assertEqual(response.status, 401, path)
            self.assertEqual(response.getheader("WWW-Authenticate"), "Basic")
        self.assertEqual(self.status("/-/healthy"), 200)
        wait_for(lambda: self.status("/-/ready") == 200, "the exporter to be ready")
        self.assertEqual(self.status("/metrics", basic("alice", "right")), 200)
        self.assertEqual(self.status("/no-such-page", basic("alice", "right")), 404)

    def test_wrong_credentials_are_refused(self):
        self.serve(basic_auth_users=HASHES)
        wrong = [basic("alice", "wrong"), basic("alice", ""), basic("bob", "right"), basic("", "right"),
                 basic("alice", "right\0"), {"Authorization": "Bearer right"},
                 {"Authorization": "Basic !!!!"}, {"Authorization": "Basic"},
                 {"Authorization": "Basic " + base64.b64encode(b"alice").decode()}]
        for headers in wrong * 2:  # checked, then taken from the cache
            self.assertEqual(self.status("/metrics", headers), 401, headers)
        self.assertEqual(self.status("/metrics", basic("alice", "right")), 200)

    def test_password_flood_delays_no_known_user(self):
        # Each check takes some seconds, so none of the flood's has ended when the others get a response.
        slow = {"alice": HASHES["alice"], "bob": HASHES["alice"].replace("$04$", "$15$")}
        self.serve("--web.max-connections=16", basic_auth_users=slow)
        known = basic("alice", "right")
        self.assertEqual(self.status("/metrics", known), 200)
        stop = threading.Event()

        def guess(number):
            statuses = set()
            while not stop.is_set():
                statuses.add(self.status("/metrics", basic("bob", f"{number} {os.urandom(8).hex()}")))
            return statuses

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            guesses = [pool.submit(guess, number) for number in range(8)]
            try:
                wait_for(lambda: self.status("/metrics", basic("bob", "x")) == 503, "the flood")
                for _ in range(20):
                    self.assertEqual(self.status("/-/healthy"), 200)
                    self.assertEqual(self.status("/metrics", known), 200)
            finally:
                stop.set()
            for outcome in guesses:
                self.assertLessEqual(outcome.result(), {401, 503, None})

    def test_passwords_are_not_revealed(self):
        exporter = self.serve("--log.level=debug", basic_auth_users=HASHES)
        page = self.get("/", basic("alice", "right")).body.decode()
        self.get("/", basic("alice", "very wrong"))
        exporter.stop()
        for text in (page, exporter.output()):
            self.assertNotIn(HASHES["alice"][7:], text)
            self.assertNotIn("very wrong", text)


class Following(WebConfigTest):
    def serial(self):
        with socket.create_connection(self.address.split(":"), timeout=DEADLINE_SECONDS) as plain:
            with self.context().wrap_socket(plain, server_hostname="localhost") as client:
                return client.getpeercert()["serialNumber"]

    def test_new_certificate_applies_under_load(self):
        # Kubernetes mounts a Secret like this: files behind a link that is replaced.
        data = self.web / "..data"
        generation = [0]

        def rotate():
            generation[0] += 1
            folder = self.web / f"generation{generation[0]}"
            folder.mkdir()
            for path in self.authority.issue("next"):
                os.replace(path, folder / f"server{path.suffix}")
            link = self.web / "..new"
            link.symlink_to(folder.name)
            os.replace(link, data)

        rotate()
        for name in ("server.pem", "server.key"):
            (self.web / name).unlink()
            (self.web / name).symlink_to(f"..data/{name}")
        exporter = self.serve(tls_server_config=self.tls())
        stop = threading.Event()

        statuses = []

        def load():
            while not stop.is_set():
                statuses.append(self.status("/metrics"))

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            loads = [pool.submit(load) for _ in range(3)]
            try:
                seen = [self.serial()]
                for _ in range(10):
                    rotate()
                    seen.append(self.serial())
                    before = len(statuses)
                    wait_for(lambda n=before: len(statuses) > n, "a scrape with it")
            finally:
                stop.set()
            for outcome in loads:
                outcome.result()
        self.assertEqual(len(set(seen)), len(seen))
        self.assertEqual(set(statuses), {200})
        self.assertEqual(exporter.stop(), 0)

    def test_open_connection_survives_new_certificate(self):
        self.serve(tls_server_config=self.tls())
        connection = http.client.HTTPSConnection(self.address, context=self.context())
        self.addCleanup(connection.close)
        for _ in range(3):
            connection.request("GET", "/-/healthy")
            self.assertEqual(connection.getresponse().read(), b"Healthy\n")
            self.authority.issue("server")

    def test_users_and_headers_apply_immediately(self):
        self.serve(basic_auth_users=HASHES)
        self.assertEqual(self.status("/metrics", basic("alice", "right")), 200)
        self.write(basic_auth_users={"carol": HASHES["alice"]},
                   http_server_config={"headers": {"X-Frame-Options": "sameorigin"}})
        self.assertEqual(self.status("/metrics", basic("alice", "right")), 401)
        response = self.get("/metrics", basic("carol", "right"))
        self.assertEqual((response.status, response.getheader("X-Frame-Options")), (200, "sameorigin"))

    def test_wrong_file_changes_nothing(self):
        exporter = self.serve(tls_server_config=self.tls(), basic_auth_users=HASHES)
        self.assertEqual(self.status("/metrics", basic("alice", "right")), 200)
        broken = (
            ({"tls_server_config": self.tls(cert_fil="x")}, "unknown key"),
            ({"tls_server_config": self.tls(key_file="ca.pem")}, "not a PEM file with a private key"),
            ({"basic_auth_users": HASHES}, "TLS is switched on and off by a restart alone"),
            ({"tls_server_config": self.tls()}, "basic auth is switched off by a restart alone"),
            ({}, "TLS is switched on and off by a restart alone"),
        )
        for number, (sections, reason) in enumerate(broken, 1):
            self.write(**sections)
            for _ in range(5):
                self.assertEqual(self.status("/metrics"), 401)
                self.assertEqual(self.status("/metrics", basic("alice", "right")), 200)
            lines = re.findall('msg="The web config is wrong.*', exporter.output())
            self.assertEqual(len(lines), number, lines)
            self.assertIn(reason, lines[-1])
        self.file.unlink()
        self.assertEqual(self.status("/metrics"), 401)
        exporter.signal(signal.SIGHUP)
        exporter.wait_for_log("Reload failed.*web.yml: No such file")
        response = self.get("/metrics", basic("alice", "right")).body.decode()
        self.assertEqual(Samples(response).value("xplenty_exporter_config_last_reload_successful"), 0)
        self.write(tls_server_config=self.tls(), basic_auth_users={"carol": HASHES["alice"]})
        self.assertEqual(self.status("/metrics", basic("carol", "right")), 200)


class Others(WebConfigTest):
    def test_rate_limit_exempts_health(self):
        self.serve(rate_limit={"interval": "1h", "burst": 3})
        self.assertEqual([self.status("/metrics") for _ in range(5)], [200, 200, 200, 429, 429])
        self.assertEqual([self.status() for _ in range(5)], [200] * 5)

    def test_responses_have_security_headers(self):
        self.serve(basic_auth_users=HASHES,
                   http_server_config={"headers": {"Strict-Transport-Security": "max-age=60"}})
        known = basic("alice", "right")
        for path, headers in (("/metrics", known), ("/metrics", {}), ("/", known), ("/-/healthy", {}),
                              ("/no-such-page", known), ("/", {**known, "X": "a" * 20000})):
            response = self.get(path, headers)
            self.assertEqual(response.getheader("X-Content-Type-Options"), "nosniff", path)
            self.assertEqual(response.getheader("X-Frame-Options"), "deny", path)
            self.assertEqual(response.getheader("Referrer-Policy"), "no-referrer", path)
            self.assertIn("default-src 'none'", response.getheader("Content-Security-Policy"), path)
            if response.status != 431:  # refused before the request is read
                self.assertEqual(response.getheader("Strict-Transport-Security"), "max-age=60", path)

    def test_prometheus_scrapes_with_client_certificate(self):
        certificate, key = self.authority.issue("prometheus", "DNS:prometheus.example")
        exporter = self.serve(
            tls_server_config=self.tls(client_auth_type="RequireAndVerifyClientCert", client_ca_file="ca.pem",
                                       client_allowed_sans=["prometheus.example"]),
            basic_auth_users=HASHES,
        )
        scrape = {"scheme": "https", "basic_auth": {"username": "alice", "password": "right"},
                  "tls_config": {"ca_file": str(self.authority.certificate),
                                 "cert_file": str(certificate), "key_file": str(key)}}
        prometheus = self._keep(Prometheus(self.folder(), {"etl": exporter.url}, scrape=scrape))
        prometheus.await_value('xplenty_up{job="etl"}', 1)
        wrong = {**scrape, "basic_auth": {"username": "alice", "password": "wrong"}}
        prometheus = self._keep(Prometheus(self.folder(), {"etl": exporter.url}, scrape=wrong))
        # Right after its start, Prometheus has no targets yet.
        wait_for(lambda: any("401" in target["lastError"] for target in prometheus.api("targets")["activeTargets"]),
                 "a refused scrape")
        prometheus.await_value('up{job="etl"}', 0)


if __name__ == "__main__":
    unittest.main()
