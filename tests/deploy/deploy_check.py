"""Checks of the files in deploy/: deploy_check.py rules | kubernetes | shell | systemd

Exits 0, 1 with the complaints, or 77 (skipped, says why) where a tool is not everywhere to be had.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from rules_check import rules
from tools import DEPLOY, ROOT, SKIPPED, need, run


def is_restricted(pod, container):
    """Whether Pod Security's profile `restricted` admits it, and the root is read-only."""
    security = container.get("securityContext", {})
    return (
        pod.get("securityContext", {}).get("runAsNonRoot") is True
        and pod["securityContext"].get("seccompProfile", {}).get("type") == "RuntimeDefault"
        and security.get("allowPrivilegeEscalation") is False
        and security.get("readOnlyRootFilesystem") is True
        and security.get("capabilities", {}).get("drop") == ["ALL"]
    )


def check_pod(name, pod, configured_keys):
    """`configured_keys`: the key files that a mounted config names."""
    problems = []
    containers = pod.get("initContainers", []) + pod["containers"]
    for container in containers:
        if not is_restricted(pod, container):
            problems.append(f'{name}: container {container["name"]} is not restricted')
        if "memory" not in container.get("resources", {}).get("limits", {}):
            problems.append(f'{name}: container {container["name"]} has no memory limit')
    exporters = [c for c in containers if c["image"].startswith("xplenty_exporter:")]
    if len(exporters) != 1:
        return problems + [f"{name}: {len(exporters)} containers of the exporter"]
    exporter = exporters[0]
    environment = {e["name"]: e for e in exporter["env"]}
    variable = environment.get("XPLENTY_API_KEY_FILE", {}).get("value")
    keys = configured_keys + ([variable] if variable else [])
    if "XPLENTY_API_KEY" in environment or not keys:
        problems.append(f"{name}: the key does not come from a file")
    mounts = [m["mountPath"] for m in exporter["volumeMounts"]]
    for key in keys:
        if str(pathlib.PurePosixPath(key).parent) not in mounts:
            problems.append(f"{name}: nothing is mounted at {key}")
    for probe, path in (("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")):
        if exporter.get(probe, {}).get("httpGet", {}).get("path") != path:
            problems.append(f"{name}: {probe} is not on {path}")
    return problems


def kubernetes():
    need("kubectl", optional=True)
    if subprocess.run(["kubectl", "kustomize", "--help"], capture_output=True).returncode != 0:
        print("skipped: this kubectl has no kustomize")
        return SKIPPED
    expected = {
        "base": {"Service", "StatefulSet"},
        "overlays/sharded": {"ConfigMap", "Service", "StatefulSet"},
        "overlays/sidecar": {"Deployment"},
    }
    problems = []
    rendered = {}
    for name, kinds in expected.items():
        text = run("kubectl", "kustomize", DEPLOY / "kubernetes" / name).stdout
        documents = {d["kind"]: d for d in yaml.safe_load_all(text)}
        rendered[name] = documents
        if set(documents) != kinds:
            problems.append(f"{name}: renders {sorted(documents)}, not {sorted(kinds)}")
        files = documents.get("ConfigMap", {}).get("data", {}).values()
        keys = [account["api_key_file"] for file in files for account in yaml.safe_load(file)["accounts"]]
        for document in documents.values():
            if "template" in document.get("spec", {}):
                problems += check_pod(name, document["spec"]["template"]["spec"], keys)
    if problems:
        return problems
    if not rendered["base"]["StatefulSet"]["spec"].get("volumeClaimTemplates"):
        problems.append("base: no volume for the ledger")
    sharded = rendered["overlays/sharded"]["StatefulSet"]["spec"]
    shard = f"--accounts.shard=$(POD_NAME)/{sharded['replicas']}"
    if shard not in sharded["template"]["spec"]["containers"][0]["args"]:
        problems.append(f"overlays/sharded: no {shard} for that many replicas")
    sidecar = rendered["overlays/sidecar"]["Deployment"]["spec"]["template"]["spec"]
    if sidecar["initContainers"][0].get("restartPolicy") != "Always":
        problems.append("overlays/sidecar: not a native sidecar (restartPolicy: Always)")
    return problems


def shell():
    need("shellcheck")
    scripts = sorted(
        path
        for folder in ("deploy", "tests", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and (path.suffix == ".sh" or path.parent.name == ".ci")
    )
    run("shellcheck", *scripts)
    problems = []
    for path in scripts:
        if not path.stat().st_mode & 0o100:
            problems.append(f"{path.relative_to(ROOT)}: not executable")
        if path.suffix == ".sh" and "\nset -euo pipefail\n" not in path.read_text():
            problems.append(f"{path.relative_to(ROOT)}: no set -euo pipefail")
    return problems


def systemd():
    need("systemd-analyze", optional=True)
    unit = DEPLOY / "systemd" / "xplenty_exporter.service"
    listener = unit.with_suffix(".socket")
    with tempfile.TemporaryDirectory() as folder:
        # A program that is not installed would be a complaint of its own.
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(unit.read_text().replace("/usr/bin/xplenty_exporter", "/bin/true"))
        shutil.copy(listener, folder)
        result = run("systemd-analyze", "verify", "--man=no", copy, copy.with_suffix(".socket"))
        # It exits 0 on unknown keys: silence is what counts. Complaints of other units are not ours.
        complaints = [
            line for line in (result.stdout + result.stderr).splitlines() if unit.stem in line
        ]
        if not complaints:
            run("systemd-analyze", "security", "--offline=true", "--threshold=20", copy)
    return complaints


def main():
    checks = {check.__name__: check for check in (rules, kubernetes, shell, systemd)}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    result = checks[sys.argv[1]]()
    if isinstance(result, int):
        return result
    print("\n".join(result) if result else "ok")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
