"""The exporter and promtool accept and refuse the same web configs.

Where they differ, it is intended, and the row gives the reason.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import textwrap
import unittest

from certificates import Authority
from harness import BIN, DEADLINE_SECONDS

HASH = "$2y$10$O3CNLUR79TS114cpAdOdwunw..S72zRJVaFrUQ3kaqvZatLn14UDO"
TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key"
WITH_CA = TLS + ", client_ca_file: ca.pem"
# Debian 12 has 2.42; Debian 13 has 2.53, whose toolkit differs.
VERSION = subprocess.run(["promtool", "--version"], check=True, capture_output=True, text=True).stdout
IS_OLD = tuple(map(int, re.search(r"version (\d+)\.(\d+)", VERSION).groups())) < (2, 53)
YOUNG = "the key is newer than this promtool"
STRICT = "the exporter refuses what the toolkit accepts although it makes no sense"


@dataclasses.dataclass
class Row:
    name: str
    text: str
    error: str = ""  # the message after "FILE:"; empty if the config is accepted
    differs: str = ""  # why promtool decides otherwise


def good(name, text, differs=""):
    return Row(name, text, "", differs)


def bad(name, text, error, differs=""):
    return Row(name, text, error, differs)


ROWS = (
    good("empty", ""),
    good("empty sections", "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n"),
    good("certificate", TLS + "}"),
    good("all of TLS", f"""\
        tls_server_config:
          cert_file: server.pem
          key_file: server.key
          client_ca_file: ca.pem
          client_auth_type: RequireAndVerifyClientCert
          min_version: TLS10
          max_version: TLS13
          cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
          curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]
          prefer_server_cipher_suites: no
        """),
    good("versions alone do not switch TLS on", "tls_server_config: {min_version: TLS13}"),
    *(
        good(policy, f"{TLS}, client_auth_type: {policy}}}")
        for policy in ("NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                       "RequireClientCert", '""')
    ),
    good("VerifyClientCertIfGiven", WITH_CA + ", client_auth_type: VerifyClientCertIfGiven}"),
    good("http2", "http_server_config: {http2: true}"),
    good("http2 off", "http_server_config: {http2: off}"),
    good("headers", """\
        http_server_config:
          headers:
            Content-Security-Policy: "default-src 'self'"
            Strict-Transport-Security: max-age=31536000
            X-Content-Type-Options: nosniff
            X-Frame-Options: sameorigin
            X-XSS-Protection: 1; mode=block
        """),
    good("users", f"basic_auth_users:\n  alice: {HASH}\n  bob: '{HASH.replace('2y', '2b')}'\n"),
    good("no users", "basic_auth_users: {}"),
    good("JSON", '{"http_server_config": {"http2": false}}'),
    good("allowed SANs", f"{TLS}, client_auth_type: RequireAnyClientCert, client_allowed_sans: [a]}}",
         YOUNG if IS_OLD else ""),
    good("rate limit", "rate_limit: {interval: 1m30.5s, burst: 20}", YOUNG),
    bad("unknown key", "http_server_config:\n  http2: true\n  http3: true\n",
        '3:3: unknown key "http3" in http_server_config: expected one of http2, headers'),
    bad("unknown section", "tls_config: {}", '1:1: unknown key "tls_config" in the web config'),
    bad("key twice", f"basic_auth_users:\n  bob: {HASH}\n  bob: {HASH}\n",
        '3:3: key "bob" is there twice'),
    bad("a list", "- a", "1:1: the web config: keys and values expected"),
    bad("broken YAML", "tls_server_config: {", "1:1: end of map flow not found"),
    bad("tab", "tls_server_config:\n\tcert_file: a\n", "2:11: illegal map value"),
    bad("no key", "tls_server_config:\n  cert_file: server.pem\n",
        "1:1: missing one of key or key_file"),
    bad("no certificate", "tls_server_config: {key_file: server.key}",
        "1:1: missing one of cert or cert_file"),
    bad("a policy without a certificate", "tls_server_config: {client_auth_type: NoClientCert}",
        "1:1: missing one of cert or cert_file"),
    bad("certificate not there", "tls_server_config: {cert_file: no.pem, key_file: server.key}",
        "1:1: failed to read cert_file"),
    bad("key of another", "tls_server_config: {cert_file: server.pem, key_file: other.key}",
        "1:1: the key is not that of the certificate"),
    bad("no PEM", "tls_server_config: {cert_file: server.key, key_file: server.key}",
        "1:1: cert: not a PEM file with a certificate"),
    bad("list as a path", "tls_server_config: {cert_file: [a], key_file: b}",
        "1:21: cert_file: a text is expected"),
    bad("unknown policy", TLS + ", client_auth_type: Sometimes}", "1:66: invalid ClientAuth: Sometimes"),
    bad("CA without a policy", WITH_CA + "}",
        "1:1: client CA's have been configured without a Client Auth Policy"),
    bad("CA not there", TLS + ", client_ca_file: no.pem, client_auth_type: VerifyClientCertIfGiven}",
        "1:1: failed to read client_ca_file"),
    bad("unknown version", TLS + ", min_version: TLS14}", "1:66: unknown TLS version: TLS14"),
    bad("SSL 3", TLS + ", min_version: SSL30}", "1:66: unknown TLS version: SSL30"),
    bad("unknown cipher", TLS + ", cipher_suites: [TLS_NO]}", "1:82: unknown cipher: TLS_NO"),
    bad("insecure cipher", TLS + ", cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}", "1:82: unknown cipher"),
    bad("no list", TLS + ", cipher_suites: TLS_AES_128_GCM_SHA256}",
        "1:66: cipher_suites: a list is expected"),
    bad("unknown curve", TLS + ", curve_preferences: [P256]}", "1:86: unknown curve: P256"),
    bad("quoted boolean", 'http_server_config: {http2: "true"}', "1:22: http2: true or false is expected"),
    bad("another header", "http_server_config: {headers: {Server: x}}",
        '1:32: HTTP header "Server" can not be configured'),
    bad("header's case", "http_server_config: {headers: {x-frame-options: deny}}",
        '1:32: HTTP header "x-frame-options" can not be configured'),
    bad("X-Frame-Options", "http_server_config: {headers: {X-Frame-Options: DENY}}",
        "1:32: invalid value for X-Frame-Options: expected one of deny, sameorigin"),
    bad("clear password", "basic_auth_users:\n  bob: secret\n", '2:3: user "bob": not a bcrypt hash'),
    bad("no hash", "basic_auth_users: {bob: }", '1:20: user "bob": not a bcrypt hash'),
    bad("cost too high", f"basic_auth_users: {{bob: {HASH.replace('$10$', '$32$')}}}",
        '1:20: user "bob": not a bcrypt hash'),
    bad("users as a list", "basic_auth_users: [bob]", "1:1: basic_auth_users: names and hashes"),
    bad("SANs without a policy", TLS + ", client_allowed_sans: [a]}",
        "1:1: client_allowed_sans requires client_auth_type",
        "" if IS_OLD else STRICT + ": no client would be asked for a certificate"),
    bad("interval", "rate_limit: {interval: often}", "1:14: interval: a duration"),
    bad("no burst", "rate_limit: {interval: 1s}", "1:1: rate_limit without a burst"),
    bad("verify by the system's CAs", TLS + ", client_auth_type: RequireAndVerifyClientCert}",
        "1:1: a client_auth_type that verifies needs client_ca_file",
        STRICT + ": every client with a certificate of a public authority would be accepted"),
    bad("versions crossed", TLS + ", min_version: TLS13, max_version: TLS12}",
        "1:1: min_version is above max_version", STRICT + ": no client could connect"),
    bad("CA file without a certificate", TLS + ", client_ca_file: server.key, "
        "client_auth_type: RequireAndVerifyClientCert}", "1:1: client_ca: not a PEM",
        STRICT + ": no client could connect"),
    bad("RSA key exchange", TLS + ", cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}",
        "1:82: unknown cipher", "newer toolkits refuse it, as Go's list of secure suites is shorter" if IS_OLD else ""),
    bad("alias", f"basic_auth_users: {{a: &h {HASH}, b: *h}}", "1:91: aliases are not supported",
        "aliases can be nested into bombs, and no web config needs them"),
    bad("flawed variant of bcrypt", f"basic_auth_users: {{a: {HASH.replace('2y', '2x')}}}",
        '1:20: user "a": not a bcrypt hash', STRICT + ": $2x$ marks hashes of a broken implementation"),
    bad("second document", "http_server_config:\n---\nhttp_server_config:\n",
        " one YAML document is expected", STRICT + ": the toolkit ignores it silently"),
)


class WebConfigCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        authority = Authority(cls.folder.name)
        authority.issue("server")
        authority.issue("other")
        cls.path = pathlib.Path(cls.folder.name, "web.yml")

    def exporter(self):
        environment = {"XPLENTY_ACCOUNT_ID": "demo", "XPLENTY_API_KEY": "k", "PATH": os.environ["PATH"]}
        return subprocess.run(
            [BIN / "xplenty_exporter", f"--web.config.file={self.path}", "--config.check"],
            env=environment, capture_output=True, text=True, timeout=DEADLINE_SECONDS,
        )

    def promtool(self):
        return subprocess.run(["promtool", "check", "web-config", self.path], capture_output=True, text=True)

    def test_exporter_and_promtool_agree(self):
        for row in ROWS:
            with self.subTest(row.name):
                self.path.write_text(textwrap.dedent(row.text), encoding="utf-8")
                ours, theirs = self.exporter(), self.promtool()
                if row.error:
                    self.assertEqual((ours.returncode, ours.stdout), (2, ""))
                    self.assertIn(f"{self.path}:{row.error}", ours.stderr)
                else:
                    self.assertEqual(ours.returncode, 0, ours.stderr)
                    self.assertTrue(ours.stdout.startswith("The config is right.\n"), ours.stdout)
                agree = (ours.returncode == 0) == (theirs.returncode == 0)
                self.assertEqual(agree, not row.differs, theirs.stdout + theirs.stderr)

    def test_unreadable_file_is_named(self):
        self.path.unlink(missing_ok=True)
        self.assertIn(f"{self.path}: No such file or directory", self.exporter().stderr)
        self.path.mkdir()
        self.assertIn(f"{self.path}: not a regular file", self.exporter().stderr)
        self.path.rmdir()
        os.mkfifo(self.path)
        self.assertIn(f"{self.path}: not a regular file", self.exporter().stderr)
        self.path.unlink()
        self.path.write_text("#" * (1 << 20) + "\n", encoding="utf-8")
        self.assertIn(f"{self.path}: larger than 1048576 bytes", self.exporter().stderr)


if __name__ == "__main__":
    unittest.main()
