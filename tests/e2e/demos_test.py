"""The demos of Kubernetes and Compose, with the real programs: their arguments, config, account, key and probes.

Only addresses and the folders of mounts differ. tests/deploy checks the rest of the manifests.
"""

import base64
import json
import pathlib
import re
import sys
import unittest

import yaml

from harness import BIN, EndToEndTest, Process, Samples, http, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/deploy"))

import compose_check  # noqa: E402
import kubectl  # noqa: E402
import manifests  # noqa: E402
from tools import skip  # noqa: E402

LISTENING = r'Listening on"? address=(\S+)'


def listening_anywhere(arguments, flag):
    """The arguments with port 0 of loopback in place of their address."""
    return [argument for argument in arguments if not argument.startswith(f"{flag}=")] + [f"{flag}=127.0.0.1:0"]


class Demos(EndToEndTest):
    def start(self, program, arguments, flag, environment=None):
        process = self._keep(Process([BIN / program, *listening_anywhere(arguments, flag)], env=environment))
        return "http://" + process.wait_for_log(LISTENING)[1]

    def start_simulator(self, arguments):
        return self.start("xplenty_simulator", arguments, "--listen-address")

    def assert_reads_the_api(self, arguments, environment, probes):
        url = self.start("xplenty_exporter", arguments, "--web.listen-address", environment)
        for path in probes:
            wait_for(lambda: http("GET", url + path).status == 200, f"{path} of the exporter")

        def samples():
            found = Samples(http("GET", url + "/metrics").text)
            return found if found.value("xplenty_up", account="demo") == 1 else None

        finished = wait_for(samples, "xplenty_up").family("xplenty_jobs_finished_total")
        self.assertGreater(len(finished), 0)

    def place(self, folder, path, content):
        """Writes the file that the cluster or Compose would mount at `path`."""
        target = pathlib.Path(folder + path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")

    def storage_is_mounted(self, arguments, mounted):
        storage = next(a for a in arguments if a.startswith("--storage.path=")).split("=")[1]
        self.assertIn(storage, mounted, "nothing is mounted where the ledger goes")

    @unittest.skipUnless(kubectl.find(), kubectl.MISSING)
    def test_that_of_kubernetes_reads_the_simulator(self):
        rendered = manifests.render("deploy/kubernetes/overlays/demo")
        one = {(d["kind"], re.sub(r"-[0-9a-z]{10}$", "", d["metadata"]["name"])): d for d in rendered}
        container = one["Deployment", "xplenty-simulator"]["spec"]["template"]["spec"]["containers"][0]
        simulator = self.start_simulator(container["args"])
        self.assertEqual(http("GET", simulator + container["readinessProbe"]["httpGet"]["path"]).status, 200)

        folder = self.folder()
        pod = one["StatefulSet", "xplenty-exporter"]["spec"]["template"]["spec"]
        exporter = pod["containers"][0]
        mounted = {mount["name"]: mount["mountPath"] for mount in exporter["volumeMounts"]}
        self.storage_is_mounted(exporter["args"], mounted.values())

        def moved(text):
            for path in mounted.values():
                text = text.replace(path, folder + path)
            return text

        service = one["Service", "xplenty-simulator"]
        address = f'http://{service["metadata"]["name"]}:{service["spec"]["ports"][0]["port"]}'
        for name, text in one["ConfigMap", "xplenty-exporter"]["data"].items():
            self.assertIn(address, text)
            self.place(folder, f'{mounted["config"]}/{name}', moved(text).replace(address, simulator))
        for name, key in one["Secret", "xplenty-exporter"]["data"].items():
            self.place(folder, f'{mounted["api-keys"]}/{name}', base64.b64decode(key).decode())
        probes = [value["httpGet"]["path"] for key, value in exporter.items() if key.endswith("Probe")]
        self.assert_reads_the_api([moved(argument) for argument in exporter["args"]], {}, probes)

    def test_that_of_compose_reads_the_simulator(self):
        text = (compose_check.FOLDER / "compose.yaml").read_text(encoding="utf-8")
        values = compose_check.variables(compose_check.FOLDER / "demo.env")
        settings = yaml.safe_load(compose_check.interpolated(text, values))
        services = settings["services"]
        simulator = self.start_simulator(services["simulator"]["command"])

        folder = self.folder()
        exporter = services["exporter"]
        for secret in exporter["secrets"]:
            key = compose_check.FOLDER / settings["secrets"][secret]["file"]
            self.place(folder, f"/run/secrets/{secret}", key.read_text(encoding="utf-8"))
        # The service has no command, so the image's command applies.
        containerfile = (ROOT / "deploy/container/Containerfile").read_text(encoding="utf-8")
        arguments = exporter.get("command", json.loads(re.findall(r"^CMD (\[.*\])$", containerfile, re.M)[-1]))
        mounted = [volume.split(":")[1] for volume in exporter["volumes"]]
        self.storage_is_mounted(arguments, mounted)
        for path in mounted:
            arguments = [argument.replace(path, folder + path) for argument in arguments]
        environment = {name: value.replace("/run/secrets/", f"{folder}/run/secrets/")
                       for name, value in exporter["environment"].items()}
        environment["XPLENTY_API_URL"] = simulator  # deploy.compose checks the address that it replaces
        self.assert_reads_the_api(arguments, environment, ["/-/healthy", "/-/ready"])


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    for _, why in result.skipped:
        skip(why)
