"""Each deploy/prometheus/prometheus*.yml passes promtool, with all rules: deploy_check.py scrape_configs"""

import pathlib
import shutil
import tempfile

import yaml

from tools import DEPLOY, need, rule_files, run

FOLDER = DEPLOY / "prometheus"


def check_discovery(job):
    """Checks that the job finds what the PodMonitor finds; e2e.scrape_configs checks the relabelling."""
    monitor = DEPLOY / "kubernetes" / "components" / "monitoring" / "podmonitor.yaml"
    spec = yaml.safe_load(monitor.read_text())["spec"]
    labels = ",".join(f"{key}={value}" for key, value in spec["selector"]["matchLabels"].items())
    expected = [{"role": "pod", "selectors": [{"role": "pod", "label": labels}]}]
    if job["kubernetes_sd_configs"] != expected:
        yield f"kubernetes_sd_configs is not {expected}"
    port = spec["podMetricsEndpoints"][0]["port"]
    keep = {"source_labels": ["__meta_kubernetes_pod_container_port_name"], "regex": port, "action": "keep"}
    if keep not in job["relabel_configs"]:
        yield f"does not keep the port {port} alone"


def check_config(copy, problems):
    config = yaml.safe_load(copy.read_text())
    rules = {f"rules/{path.name}" for path in rule_files()}
    if set(config["rule_files"]) != rules:
        problems.append(f"{copy.name}: rule_files is not {sorted(rules)}")
    for job in config["scrape_configs"]:
        if "xplenty" not in job["job_name"]:
            problems.append(f"{copy.name}: the alerts match xplenty in the name of the job")
        files = [job.get("tls_config", {}).get("ca_file"), job.get("basic_auth", {}).get("password_file")]
        for file in filter(None, files):  # the operator's
            path = copy.parent / file
            path.parent.mkdir(exist_ok=True)
            path.touch()
        if "kubernetes_sd_configs" in job:
            problems += [f"{copy.name}: {problem}" for problem in check_discovery(job)]
            del job["kubernetes_sd_configs"]  # Debian's promtool does not support it
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
