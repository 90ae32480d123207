"""Builds the image and runs it, without a container engine and without an image registry.

buildah builds the Containerfile on a base that is made of Debian's packages. The image runs in a
chroot, with its own user, command and environment, a read-only root and a folder as its volume,
beside the simulator of XPLENTY_BIN_DIR. Exits with 77 if that is not possible. See run.sh.
"""

import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import debian_root
from debian_root import ROOT, inside

sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness import EndToEndTest, Exporter, Process  # noqa: E402

DEBIAN = platform.freedesktop_os_release().get("VERSION_ID", "")
BUILD_SECONDS = 3600
LEDGER = "/var/lib/xplenty_exporter"
VERSION = re.search(r"project\(xplenty_exporter VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


class Storage:
    """buildah, with its own folder for images and containers."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __call__(self, *command, **options):
        result = subprocess.run(
            ["buildah", "--root", self.folder / "images", "--runroot", self.folder / "run",
             "--storage-driver", "vfs", *command],
            check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=BUILD_SECONDS, **options,
        )
        assert result.returncode == 0, f"buildah {' '.join(map(str, command))}\n{result.stdout[-8000:]}"
        return result.stdout

    def import_base(self):
        context = self.folder / "base"
        context.mkdir()
        shutil.copy(debian_root.base_tar(), context / "base.tar")
        (context / "Containerfile").write_text("FROM scratch\nADD base.tar /\nCMD [\"bash\"]\n")
        self("bud", "--isolation", "chroot", "-t", f"docker.io/library/debian:{DEBIAN}-slim", context)

    def build(self, target):
        begin = time.monotonic()
        # The OCI format has no health check.
        self("bud", "--isolation", "chroot", "--pull-never", "--layers", "--format", "docker",
             "--target", target, "-t", target, "-f", ROOT / "deploy/container/Containerfile",
             "--build-arg", f"DEBIAN={DEBIAN}", "--build-arg", f"VERSION={VERSION}",
             "--build-arg", "REVISION=0123456789ab", ROOT)
        print(f"{target}: built in {time.monotonic() - begin:.0f} s", flush=True)

    def config(self, image):
        return json.loads(self("inspect", "--type", "image", image))["Docker"]["config"]

    def mount(self, image):
        """The root of a new container of that image."""
        container = self("from", "--pull-never", image).strip()
        return pathlib.Path(self("mount", container).strip())


class Container(Exporter):
    def __init__(self, root, config, folder, *flags, env):
        environment = dict(line.split("=", 1) for line in config["Env"]) | env
        Process.__init__(self, inside(
            root, "env", "-i", *(f"{k}={v}" for k, v in environment.items()),
            *config["Entrypoint"], *config["Cmd"], *flags,
            user=config["User"], read_only=True, mounts={folder: LEDGER},
        ))
        self.url = None


class Image(EndToEndTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.storage = Storage(folder.name)
        cls.storage.import_base()
        # Without a target the last stage is built; its config shows that it is the exporter.
        cls.storage.build("exporter")
        cls.config = cls.storage.config("exporter")
        cls.root = cls.storage.mount("exporter")

    def test_image_config_is_as_documented(self):
        config = self.config
        self.assertEqual(config["User"], "65534:65534")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/xplenty_exporter"])
        self.assertEqual(config["Cmd"], [f"--storage.path={LEDGER}"])
        self.assertEqual(list(config["Volumes"]), [LEDGER])
        self.assertEqual(list(config["ExposedPorts"]), ["10740/tcp"])
        labels = {key.removeprefix("org.opencontainers.image."): value
                  for key, value in config["Labels"].items()}
        self.assertEqual(labels["title"], "xplenty_exporter")
        self.assertEqual(labels["version"], VERSION)
        self.assertEqual(labels["revision"], "0123456789ab")

    def test_image_is_small_without_docs(self):
        size = sum(p.lstat().st_size for p in self.root.rglob("*") if p.is_file() and not p.is_symlink())
        with tempfile.TemporaryDirectory() as base:
            debian_root.unpack(base)
            below = sum(p.lstat().st_size for p in pathlib.Path(base).rglob("*")
                        if p.is_file() and not p.is_symlink())
        added = (size - below) / 1e6
        print(f"files of {size / 1e6:.0f} MB, of which Debian's packages and the program add {added:.0f} MB", flush=True)
        self.assertLess(added, 60)
        for path in ("usr/share/man/man1/xplenty_exporter.1.gz", "usr/share/doc/xplenty-exporter/README.md",
                     "usr/share/xplenty_exporter/rules", "tmp/package.deb"):
            self.assertFalse((self.root / path).exists(), path)

    def health_check(self, port):
        """The exit code of the image's health check, with that port instead of the standard one."""
        test = self.config["Healthcheck"]["Test"]
        self.assertEqual(test[0], "CMD")
        command = [word.replace("/10740", f"/{port}") for word in test[1:]]
        return subprocess.run(inside(self.root, *command, user=self.config["User"], read_only=True),
                              check=False, capture_output=True, timeout=60).returncode

    def test_runs_as_nobody_read_only(self):
        simulator = self.simulator()
        folder = self.folder()
        os.chown(folder, 65534, 65534)
        container = self._keep(Container(
            self.root, self.config, folder, "--web.listen-address=127.0.0.1:0",
            env={"XPLENTY_ACCOUNT_ID": "demo", "XPLENTY_API_KEY": simulator.key,
                 "XPLENTY_API_URL": simulator.url},
        )).ready()
        samples = container.scrape()
        self.assertEqual(samples.value("xplenty_up", account="demo"), 1)
        self.assertEqual(
            samples.value("xplenty_exporter_build_info", version=VERSION, revision="0123456789ab"), 1)
        self.assertTrue(pathlib.Path(folder, "demo.sqlite3").exists())
        status = pathlib.Path(f"/proc/{container.process.pid}/status").read_text(encoding="utf-8")
        self.assertIn("Uid:\t65534\t65534\t65534\t65534", status)
        self.assertRegex(status, r"CapEff:\t0+\n")

        port = container.url.rsplit(":", 1)[1]
        self.assertEqual(self.health_check(port), 0)
        self.assertEqual(container.stop(), 0)
        self.assertNotEqual(self.health_check(port), 0)

    def test_simulator_has_its_own_image(self):
        self.storage.build("simulator")
        config = self.storage.config("simulator")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/xplenty_simulator"])
        self.assertEqual(config["User"], "65534:65534")
        simulator = self._keep(Process(inside(
            self.storage.mount("simulator"), *config["Entrypoint"], "--listen-address=127.0.0.1:0",
            user=config["User"], read_only=True,
        )))
        simulator.wait_for_log(r"Listening on address=127\.0\.0\.1:\d+")


if __name__ == "__main__":
    if REASON := debian_root.why_not("buildah"):
        print(f"skipped: {REASON}")
        sys.exit(77)
    unittest.main()
