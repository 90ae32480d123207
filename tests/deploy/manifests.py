"""Kubernetes manifests, rendered by kustomize and checked against the real schemas."""

import json
import subprocess

import yaml

import kubectl
from tools import ROOT, SCHEMAS, run, skip


def need_kustomize():
    if kubectl.find() is None:
        skip(kubectl.MISSING)


def render(folder):
    return list(yaml.safe_load_all(run(kubectl.find(), "kustomize", ROOT / folder).stdout))


def complaints(manifests):
    """The violations of the schemas, as lines that begin with KIND/NAME."""
    check = subprocess.run(
        ["node", SCHEMAS / "check-manifests.mjs"],
        input=json.dumps(manifests), capture_output=True, text=True,
    )
    if check.returncode not in (0, 1) or bool(check.stdout) != bool(check.returncode):
        return [f"check-manifests.mjs ended with {check.returncode}: {check.stdout}{check.stderr}"]
    return check.stdout.splitlines()
