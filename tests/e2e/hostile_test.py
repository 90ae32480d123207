"""A thousand hostile clients: health checks and a scrape still get responses, and memory is bounded.

tests/unit/http/server_limits_test.cc tries each kind of attack with one client.
"""

import http.client
import os
import pathlib
import re
import socket
import ssl
import unittest

from certificates import Authority
from harness import BIN, DEADLINE_SECONDS, EndToEndTest, wait_for

CONNECTIONS = 1000
SANITIZED = re.search(rb"__[at]san_init", (BIN / "xplenty_exporter").read_bytes()) is not None
# The memory that the exporter may need for all of them: 64 connections are open at a time, each with some
# 50 KiB with TLS; the rest is the allocator's. A thousand open connections would need more.
MOST_GROWTH_KIB = 8 * 1024


class Hostile(EndToEndTest):
    def serve(self, tls):
        flags = []
        self.context = None
        if tls:
            folder = pathlib.Path(self.folder())
            authority = Authority(folder)
            authority.issue("server")
            file = folder / "web.yml"
            file.write_text("tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
            flags = [f"--web.config.file={file}"]
            self.context = ssl.create_default_context(cafile=str(authority.certificate))
        self.exporter_ = self.exporter(self.simulator("--jobs=50"), *flags).serving()
        self.address = self.exporter_.url.removeprefix("http://")
        wait_for(lambda: self.status("/-/ready") == 200, "the exporter to be ready")
        self.assertEqual(self.status("/metrics"), 200)

    def status(self, path):
        kind = http.client.HTTPSConnection if self.context else http.client.HTTPConnection
        more = {"context": self.context} if self.context else {}
        connection = kind(self.address, timeout=DEADLINE_SECONDS, **more)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def connect(self):
        host, port = self.address.split(":")
        plain = socket.create_connection((host, int(port)), timeout=DEADLINE_SECONDS)
        return self.context.wrap_socket(plain, server_hostname="localhost") if self.context else plain

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.exporter_.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def attack(self, tls, send):
        self.serve(tls)
        before = self.resident_kib()
        clients = []
        self.addCleanup(lambda: [client.close() for client in clients])
        for number in range(CONNECTIONS):
            try:
                clients.append(client := self.connect())
                send(client)
            except OSError:
                pass  # refused or already closed, which is also right
            if number % 100 == 99:
                self.assertEqual(self.status("/-/healthy"), 200)
                self.assertEqual(self.status("/-/ready"), 200)
                self.assertEqual(self.status("/metrics"), 200)
        if not SANITIZED:  # sanitizers keep freed memory
            self.assertLess(self.resident_kib() - before, MOST_GROWTH_KIB)
        self.assertLess(self.exporter_.sockets(), 100)
        self.assertEqual(self.exporter_.stop(), 0)

    def test_a_thousand_idle_connections(self):
        self.attack(False, lambda client: None)

    def test_a_thousand_idle_connections_with_tls(self):
        self.attack(True, lambda client: None)

    def test_a_thousand_half_requests(self):
        self.attack(False, lambda client: client.sendall(b"GET /metrics HTTP/1.1\r\nHost: "))

    def test_a_thousand_half_requests_with_tls(self):
        self.attack(True, lambda client: client.sendall(b"GET /metrics HTTP/1.1\r\nHost: "))

    def test_a_thousand_huge_heads(self):
        head = b"GET /" + b"a" * 7000 + b" HTTP/1.1\r\n" + b"X: " + b"b" * 100_000
        self.attack(False, lambda client: client.sendall(head))

    def test_a_thousand_lots_of_garbage(self):
        self.attack(False, lambda client: client.sendall(os.urandom(2000)))

    def test_readers_that_do_not_read(self):
        # Each blocks a worker until the write's deadline; a few workers stay free.
        self.serve(True)
        clients = []
        self.addCleanup(lambda: [client.close() for client in clients])
        for _ in range(50):
            host, port = self.address.split(":")
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            plain.settimeout(DEADLINE_SECONDS)
            plain.connect((host, int(port)))
            client = self.context.wrap_socket(plain, server_hostname="localhost")
            clients.append(client)
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
        for _ in range(20):
            self.assertEqual(self.status("/-/healthy"), 200)
            self.assertEqual(self.status("/metrics"), 200)


if __name__ == "__main__":
    unittest.main()
