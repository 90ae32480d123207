"""Each deploy/prometheus/prometheus*.yml passes promtool, with all rules: deploy_check.py scrape_configs"""

import pathlib
import shutil
import tempfile

import yaml

from tools import DEPLOY, need, rule_files, run

FOLDER = DEPLOY / "prometheus"


def check_config(copy, problems):
    config = yaml.safe_load(copy.read_text())
    rules = {f"rules/{path.name}" for path in rule_files()}
    if set(config["rule_files"]) != rules:
        problems.append(f"{copy.name}: rule_files is not {sorted(rules)}")
    for job in config["scrape_configs"]:
        if "xplenty" not in job["job_name"]:
            problems.append(f"{copy.name}: the alerts look for xplenty in the name of the job")
        files = [job.get("tls_config", {}).get("ca_file"), job.get("basic_auth", {}).get("password_file")]
        for file in filter(None, files):  # the operator's
            path = copy.parent / file
            path.parent.mkdir(exist_ok=True)
            path.touch()
        if job.pop("kubernetes_sd_configs", None):  # Debian's promtool is built without
            copy.write_text(yaml.safe_dump(config))
    run("promtool", "check", "config", copy)


def scrape_configs():
    need("promtool")
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "prometheus"
        shutil.copytree(FOLDER, copy)
        for path in sorted(copy.glob("prometheus*.yml")):
            check_config(path, problems)
    return problems
