"""What systemd expects of a service: readiness, reloads, the watchdog, inherited sockets."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import unittest

from harness import BIN, DEADLINE_SECONDS, EndToEndTest, Process, wait_for


class Systemd(EndToEndTest):
    def manager(self):
        """The socket that receives messages in place of a service manager."""
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(DEADLINE_SECONDS)
        return manager

    def next_state(self, manager):
        return manager.recv(4096).decode().split("\n")[0]

    def test_notifies_ready_reloading_and_stopping(self):
        manager = self.manager()
        path = f"{self.folder()}/notify"
        manager.bind(path)
        exporter = self.exporter(self.simulator(), env={"NOTIFY_SOCKET": path})
        self.assertEqual(self.next_state(manager), "READY=1")
        exporter.serving()
        self.assertEqual(exporter.get("/-/healthy").status, 200, "ready means that it serves")
        exporter.signal(signal.SIGHUP)
        self.assertEqual(self.next_state(manager), "RELOADING=1")
        self.assertEqual(self.next_state(manager), "READY=1")
        self.assertEqual(exporter.stop(), 0)
        self.assertEqual(self.next_state(manager), "STOPPING=1")

    def test_an_abstract_socket_is_told_too(self):
        manager = self.manager()
        name = f"xplenty-{os.getpid()}-{os.urandom(4).hex()}"
        manager.bind("\0" + name)
        self.exporter(self.simulator(), env={"NOTIFY_SOCKET": "@" + name})
        self.assertEqual(self.next_state(manager), "READY=1")

    def test_watchdog_is_notified(self):
        manager = self.manager()
        path = f"{self.folder()}/notify"
        manager.bind(path)
        exporter = self.exporter(
            self.simulator(), env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"}
        ).serving()
        states = [self.next_state(manager) for _ in range(12)]
        self.assertEqual(set(states), {"READY=1", "WATCHDOG=1"})
        self.assertEqual(exporter.stop(), 0)
        while (last := self.next_state(manager)) == "WATCHDOG=1":
            pass
        self.assertEqual(last, "STOPPING=1")

    def test_other_process_watchdog_is_ignored(self):
        manager = self.manager()
        path = f"{self.folder()}/notify"
        manager.bind(path)
        env = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
        exporter = self.exporter(self.simulator(), env=env).ready()
        self.assertEqual(exporter.stop(), 0)
        self.assertEqual([self.next_state(manager) for _ in range(2)], ["READY=1", "STOPPING=1"])

    def activated(self, *sockets, flag="--web.systemd-socket"):
        """The exporter with `sockets` as descriptors from 3 on, as systemd starts it."""
        simulator = self.simulator()
        script = 'i=3; for fd; do eval "exec $i<&$fd"; i=$((i+1)); done\n'
        script += f'export LISTEN_PID=$$ LISTEN_FDS={len(sockets)}; exec "$EXPORTER" "$FLAG" --storage.path='
        environment = {"XPLENTY_ACCOUNT_ID": "demo", "XPLENTY_API_KEY": simulator.key,
                       "XPLENTY_API_URL": simulator.url, "EXPORTER": str(BIN / "xplenty_exporter"),
                       "FLAG": flag, "PATH": os.environ["PATH"]}
        high = [os.dup2(s.fileno(), 100 + i) for i, s in enumerate(sockets)]
        log = pathlib.Path(self.folder(), "log")
        with log.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                ["bash", "-c", script, "bash", *map(str, high)], env=environment, pass_fds=high, stderr=file
            )
        for fd in high:
            os.close(fd)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, log

    def healthy(self, listener):
        with socket.create_connection(listener.getsockname()[:2], timeout=DEADLINE_SECONDS) as client:
            client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: client.recv(4096), b"")).endswith(b"Healthy\n")

    def test_serves_on_inherited_sockets(self):
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            process, log = self.activated(one, two)
            for listener in (one, two):
                # The socket listened before the start: a client waits in its backlog.
                self.assertTrue(self.healthy(listener))
            expected = [f"127.0.0.1:{s.getsockname()[1]}" for s in (one, two)]
            # It serves before it logs that.
            shown = re.compile(r'msg="Listening on" address=(\S+)')
            wait_for(lambda: shown.findall(log.read_text(encoding="utf-8")) == expected, f"the log to name {expected}")
            process.terminate()
            self.assertEqual(process.wait(DEADLINE_SECONDS), 0)

    def test_non_listening_socket_is_refused(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            process, log = self.activated(datagrams)
            self.assertEqual(process.wait(DEADLINE_SECONDS), 1)
            self.assertIn("socket 3 of the service manager: a listening TCP socket is expected",
                          log.read_text(encoding="utf-8"))

    def test_without_sockets_it_does_not_start(self):
        process = self._keep(Process(
            [BIN / "xplenty_exporter", "--web.systemd-socket", "--storage.path="],
            env={"XPLENTY_ACCOUNT_ID": "demo", "XPLENTY_API_KEY": "k",
                 "XPLENTY_API_URL": "http://127.0.0.1:1", "LISTEN_PID": "1", "LISTEN_FDS": "1"},
        ))
        self.assertEqual(process.wait(), 1)
        self.assertIn("no socket activation file descriptors found", process.output())


if __name__ == "__main__":
    unittest.main()
