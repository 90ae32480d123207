"""Kubernetes manifests: rendered by kustomize, and held against the real schemas."""

import json
import subprocess

import yaml

from tools import ROOT, SCHEMAS, need, run, skip


def has_kustomize():
    return subprocess.run(["kubectl", "kustomize", "--help"], capture_output=True).returncode == 0


def need_kustomize():
    need("kubectl", optional=True)
    if not has_kustomize():
        skip("this kubectl has no kustomize")


def render(folder):
    return list(yaml.safe_load_all(run("kubectl", "kustomize", ROOT / folder).stdout))


def complaints(manifests):
    """What the schemas say against them: lines that begin with KIND/NAME."""
    check = subprocess.run(
        ["node", SCHEMAS / "check-manifests.mjs"],
        input=json.dumps(manifests), capture_output=True, text=True,
    )
    if check.returncode not in (0, 1) or bool(check.stdout) != bool(check.returncode):
        return [f"check-manifests.mjs ended with {check.returncode}: {check.stdout}{check.stderr}"]
    return check.stdout.splitlines()
