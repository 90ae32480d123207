"""The kubectl that the tests render with: kubectl.py fetches one if the system has none that is new enough.

deploy/kubernetes uses components. kubectl knows them since 1.21; Debian 12 has 1.20. So the kubectl of Debian 13, which
runs on Debian 12 too, is unpacked into build/kubectl. An apt with its own sources and folders downloads it from the
mirrors of the system's apt, and verifies it with Debian's keys. That needs no rights and does not change the system.

Exit code: 0 if there is a kubectl that is new enough, else 1 after saying what is missing.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from tools import ROOT, run

FOLDER = ROOT / "build" / "kubectl"
FETCHED = FOLDER / "kubectl"
MISSING = "kubectl is missing or too old for components: python3 tests/deploy/kubectl.py"
SUITE = "trixie"
KEYRINGS = [pathlib.Path("/usr/share/keyrings/debian-archive-keyring").with_suffix(s) for s in (".gpg", ".pgp")]
# apt reads the system's settings before these: proxies remain; sources, pins, installed versions and hooks are replaced.
APT_SETTINGS = """
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Default-Release "";
APT::Update::Error-Mode "any";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
"""


def knows_components(program):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        component = folder / "component"
        component.mkdir()
        (folder / "kustomization.yaml").write_text("components: [component]\n")
        (component / "kustomization.yaml").write_text(
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator: [{name: x}]\n"
        )
        return subprocess.run([program, "kustomize", folder], capture_output=True).returncode == 0


@functools.cache
def find():
    """The system's kubectl, or else the fetched one, if it knows components; else None."""
    for program in (shutil.which("kubectl"), FETCHED):
        if program and pathlib.Path(program).exists() and knows_components(program):
            return program
    return None


def mirrors():
    """The URIs of the system's sources as apt reads them; their lists need not exist."""
    listed = run("apt-get", "update", "--print-uris").stdout
    return list(dict.fromkeys(re.findall(r"^'(\S+?)/*/dists/[^']*InRelease'", listed, re.M)))


def download(uri, keyring, folder):
    """Downloads the package into `folder`. Returns None, or the output of apt-get if it failed."""
    for path in ("state/lists/partial", "cache/archives/partial"):
        (folder / path).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    (folder / "sources.list").write_text(f"deb [signed-by={keyring} target=Packages] {uri} {SUITE} main\n")
    settings = folder / "apt.conf"
    settings.write_text(APT_SETTINGS.format(folder=folder))
    for command in (("update",), ("download", "kubectl")):
        result = subprocess.run(["apt-get", "-c", settings, *command], cwd=folder, capture_output=True, text=True)
        if result.returncode != 0:
            return result.stderr
    return None


def unpack(package, target):
    """Unpacks only the program; it appears complete or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        run("dpkg-deb", "--extract", package, folder)
        os.replace(pathlib.Path(folder) / "usr/bin/kubectl", target)


def fetch():
    """Fetches kubectl into build/kubectl. Returns None, or why that failed."""
    keyring = next((path for path in KEYRINGS if path.exists()), None)
    if keyring is None or not shutil.which("apt-get"):
        return "this is not Debian: install kubectl 1.21 or newer"
    complaints = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # apt downloads as an unprivileged user
        for uri in mirrors():
            complaint = download(uri, keyring, folder)
            if complaint is None:
                unpack(next(folder.glob("kubectl_*.deb")), FETCHED)
                return None if knows_components(FETCHED) else f"{FETCHED} does not render components"
            complaints += [f"{uri}: {line}" for line in complaint.splitlines() if line.startswith("E:")]
    return "\n".join(complaints) or "apt has no sources"


def main():
    program = find()
    if program is None:
        print(f"kubectl: missing or too old for components; fetching the one of Debian's {SUITE}", file=sys.stderr)
        complaint = fetch()
        if complaint is not None:
            sys.exit(f"kubectl: {complaint}")
        program = FETCHED
    print(f"kubectl: {program}")


if __name__ == "__main__":
    main()
