"""The Debian package from installation to purge, in a clean Debian: package_test.py PACKAGE.deb

Installs it with apt and starts the installed program with the settings of the installed unit (a chroot
has no systemd, so the test reads the unit), against the simulator of XPLENTY_BIN_DIR. Checks that
counters continue after a restart and that a purge leaves nothing. Exits with 77 if that is not
possible. See run.sh.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import debian_root
from debian_root import PATH, inside

sys.path.insert(0, str(debian_root.ROOT / "tests/e2e"))
from harness import EndToEndTest, Exporter, Process  # noqa: E402

UNIT = "xplenty_exporter.service"
# A user id from the range that systemd uses for DynamicUser=.
USER = 61234
APT_SECONDS = 600


def read_unit(text):
    """{key: [values]}; the sections do not matter here."""
    settings = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.M):
        settings.setdefault(key, []).append(value)
    return settings


class Service(Exporter):
    """The installed program, started as systemd would start it with the installed unit."""

    def __init__(self, root):
        unit = read_unit((root / "usr/lib/systemd/system" / UNIT).read_text(encoding="utf-8"))
        credentials = f"/run/credentials/{UNIT}"
        environment = {"PATH": PATH, "CREDENTIALS_DIRECTORY": credentials}
        for line in unit["Environment"]:
            environment.update([self.specifiers(line, credentials).split("=", 1)])
        for path in unit["EnvironmentFile"]:
            text = (root / path.lstrip("-/")).read_text(encoding="utf-8")
            environment.update(re.findall(r"^(\w+)=(.*)$", text, re.M))
        (root / credentials[1:]).mkdir(parents=True, exist_ok=True)
        for line in unit["LoadCredential"]:
            name, source = line.split(":")
            copy = root / credentials[1:] / name
            copy.unlink(missing_ok=True)
            copy.write_bytes((root / source[1:]).read_bytes())
            copy.chmod(0o400)
            os.chown(copy, USER, USER)
        for name in unit["StateDirectory"]:
            # With DynamicUser= the folder is a link into a folder that other users cannot enter.
            state, link = root / "var/lib/private" / name, root / "var/lib" / name
            state.mkdir(parents=True, mode=0o700, exist_ok=True)
            os.chown(state, USER, USER)
            if not link.is_symlink():
                link.symlink_to(f"private/{name}")
        command = []
        for word in self.specifiers(unit["ExecStart"][0], credentials).split():
            # systemd splits "$NAME" at spaces if it is a word of its own.
            command += environment.get(word[1:], "").split() if word.startswith("$") else [word]
        Process.__init__(self, inside(root, "env", "-i", *(f"{k}={v}" for k, v in environment.items()),
                                      *command, user=f"{USER}:{USER}"))
        self.url = None

    @staticmethod
    def specifiers(text, credentials):
        return text.replace("%d", credentials).replace("%S", "/var/lib")


class Package(EndToEndTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        debian_root.unpack(cls.root)
        (cls.root / "package.deb").write_bytes(PACKAGE.read_bytes())
        cls.run_inside("apt-get", "update")
        # The dependencies come first, so that their files do not count as the package's.
        cls.run_inside("apt-get", "satisfy", "-y", "--no-install-recommends", cls.field("Depends"))

    @classmethod
    def field(cls, name):
        return subprocess.run(["dpkg-deb", "-f", PACKAGE, name], check=True, capture_output=True,
                              text=True).stdout.strip()

    @classmethod
    def run_inside(cls, *command):
        environment = ["env", "-i", f"PATH={PATH}", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
        result = subprocess.run(inside(cls.root, *environment, *command), check=False, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=APT_SECONDS)
        assert result.returncode == 0, f"{shlex.join(command)}\n{result.stdout}"
        return result.stdout

    def apt(self, *arguments):
        self.run_inside("apt-get", "-y", *arguments)

    def paths(self):
        """All paths, without the files of apt and dpkg themselves."""
        books = re.compile(r"(proc|dev|sys|tmp|var/(cache|log|lib/(apt|dpkg)))(/|$)|etc/ld.so.cache")
        found = set()
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if not books.match(path):
                    found.add(path)
        return found

    def configure(self, simulator, account):
        (self.root / "etc/xplenty_exporter/api_key").write_text(simulator.key, encoding="utf-8")
        (self.root / "etc/xplenty_exporter/api_key").chmod(0o600)
        settings = self.root / "etc/xplenty_exporter/xplenty_exporter.env"
        # The shipped file's comments become settings, with the values of this test.
        text = settings.read_text(encoding="utf-8")
        flags = "--web.listen-address=127.0.0.1:0 --refresh.min-interval=0s --metrics.zero-hold=0s"
        for name, value in (("XPLENTY_ACCOUNT_ID", account), ("XPLENTY_API_URL", simulator.url),
                            ("XPLENTY_EXPORTER_ARGS", flags)):
            text, count = re.subn(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.M)
            self.assertEqual(count, 1, f"{name} in {settings.name}")
        settings.write_text(text, encoding="utf-8")
        return settings, text

    def test_from_installation_to_purge(self):
        before = self.paths()
        self.apt("install", "/package.deb")
        brought = self.paths() - before
        self.assertIn("usr/bin/xplenty_exporter", brought)
        settings = self.root / "etc/xplenty_exporter/xplenty_exporter.env"
        self.assertEqual(settings.stat().st_mode & 0o777, 0o640)
        self.assertFalse([p for p in brought if ".wants/" in p], "enabled though not configured")

        simulator = self.simulator()
        settings, text = self.configure(simulator, "demo")
        simulator.post_jobs(*({"id": i, "status": "completed", "completed_at": simulator.NOW,
                               "updated_at": simulator.NOW} for i in (1, 2)))
        service = self._keep(Service(self.root)).ready()
        finished = {"status": "completed"}
        samples = service.scrape()
        self.assertEqual(samples.value("xplenty_up", account="demo"), 1)
        self.assertEqual(samples.value("xplenty_jobs_finished_total", **finished), 2)
        self.assertEqual(samples.value("xplenty_exporter_build_info", version=self.field("Version")), 1)
        self.assertEqual(service.stop(), 0)

        # Jobs that finish while it is down are counted in addition to those in the ledger.
        simulator.delete_job(1)
        simulator.post_jobs({"id": 3, "status": "completed", "completed_at": simulator.NOW,
                             "updated_at": simulator.NOW})
        service = self._keep(Service(self.root)).ready()
        self.assertEqual(service.scrape().value("xplenty_jobs_finished_total", **finished), 3)
        self.assertEqual(service.stop(), 0)

        # All scripts run once more; settings and ledger stay.
        ledger = self.root / "var/lib/private/xplenty_exporter/demo.sqlite3"
        self.apt("install", "--reinstall", "/package.deb")
        self.assertEqual(settings.read_text(encoding="utf-8"), text)
        self.apt("remove", "xplenty-exporter")
        self.assertFalse((self.root / "usr/bin/xplenty_exporter").exists())
        self.assertEqual(settings.read_text(encoding="utf-8"), text)
        self.assertTrue(ledger.exists())
        self.apt("install", "/package.deb")
        self.assertEqual(settings.read_text(encoding="utf-8"), text)

        self.apt("purge", "xplenty-exporter")
        left = self.paths() - before - {"run/credentials", f"run/credentials/{UNIT}",
                                        f"run/credentials/{UNIT}/api_key", "var/lib/private"}
        self.assertEqual(left, set())


class Lint(unittest.TestCase):
    def test_lintian_has_nothing_to_say(self):
        if debian_root.shutil.which("lintian") is None:
            self.skipTest("lintian is not installed")
        result = subprocess.run(["lintian", "--allow-root", "--display-info", "--fail-on", "error,warning,info",
                                 PACKAGE], check=False, capture_output=True, text=True)
        self.assertEqual(result.stdout + result.stderr, "")


if __name__ == "__main__":
    if len(sys.argv) < 2 or not sys.argv[1].endswith(".deb"):
        sys.exit(__doc__)
    PACKAGE = pathlib.Path(sys.argv.pop(1)).resolve()
    if REASON := debian_root.why_not():
        print(f"skipped: {REASON}")
        sys.exit(77)
    unittest.main()
