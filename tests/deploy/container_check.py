"""Checks deploy/container with dockerfilelint, and what that does not check. image_test.py builds and runs the image."""

import json
import re
import subprocess

from tools import DEPLOY, ROOT, skip

FILE = DEPLOY / "container" / "Containerfile"
LINTER = ROOT / "tests/deploy/schemas/node_modules/.bin/dockerfilelint"


def stages(text):
    """[(name, base image, [(instruction, argument)])] of each stage, in order."""
    found = []
    plain = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    for word, argument in re.findall(r"^([A-Z]+) +(.*)$", plain, re.M):
        if word == "FROM":
            image, name = re.fullmatch(r"(\S+)(?: AS (\S+))?", argument).groups()
            found.append((name, image, []))
        elif found:
            found[-1][2].append((word, argument))
    return found


def is_mistaken(issue, names):
    """Whether the linter is wrong: a stage needs no tag, and the linter does not know HEALTHCHECK's options."""
    line = issue["content"]
    if issue["title"] == "Base Image Missing Tag":
        return line.split()[1] in names
    return issue["title"] == "Invalid Argument Format" and line.startswith("HEALTHCHECK --")


def container():
    if not LINTER.exists():
        skip("dockerfilelint is not installed: npm ci --prefix tests/deploy/schemas")
    found = stages(FILE.read_text(encoding="utf-8"))
    names = [name for name, _, _ in found]
    linted = subprocess.run([LINTER, "-o", "json", FILE], check=False, capture_output=True, text=True)
    issues = json.loads(linted.stdout)["files"][0]["issues"]
    problems = [f'{FILE.name}:{i["line"]}: {i["title"]}: {i["description"]}'
                for i in issues if not is_mistaken(i, names)]
    if names[-1] != "exporter" or "simulator" not in names:
        problems.append(f"stages {names}: the last one is built by default, and Compose needs a simulator")
    for name, image, instructions in found:
        if image not in names and image != "debian:${DEBIAN}-slim":
            problems.append(f"{name}: begins with {image}")
        if name in ("exporter", "simulator") and ("USER", "65534:65534") not in instructions:
            problems.append(f"{name}: the user is not a number")
        for word, argument in instructions:
            if word == "ADD" or (word in ("ENTRYPOINT", "CMD") and not argument.startswith("[")):
                problems.append(f"{name}: {word} {argument}")
    words = [word for word, _ in found[-1][2]]
    problems += [f"exporter: no {word}" for word in ("LABEL", "VOLUME", "EXPOSE", "HEALTHCHECK") if word not in words]
    return problems
