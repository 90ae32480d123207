"""The kustomizations of deploy/kubernetes and dashboards: deploy_check.py kubernetes"""

import json
import os
import pathlib
import re
import subprocess
import tempfile

import yaml

import manifests
from tools import DEPLOY, ROOT, need, need_schemas, rule_files, run

KUBERNETES = DEPLOY / "kubernetes"
MONITORING = "overlays/monitoring"
EXPECTED = {
    "base": {"ConfigMap", "NetworkPolicy", "Service", "StatefulSet"},
    "overlays/demo": {"ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "Secret", "Service", "StatefulSet"},
    MONITORING: {"ConfigMap", "NetworkPolicy", "PodMonitor", "PrometheusRule", "Service", "StatefulSet"},
    "overlays/sharded": {"ConfigMap", "NetworkPolicy", "Service", "StatefulSet"},
    "overlays/sidecar": {"Deployment"},
}
# The API server's limit for all annotations of an object; kubectl keeps the applied manifest in one.
ANNOTATIONS_LIMIT = 256 * 1024


def of_kind(rendered, kind):
    return [document for document in rendered if document["kind"] == kind]


def pods(rendered):
    return [d["spec"]["template"] for d in rendered if "template" in d.get("spec", {})]


def containers(pod):
    return pod["spec"].get("initContainers", []) + pod["spec"]["containers"]


def exporter_of(pod):
    """The pod's container that is the exporter, or None."""
    return next((c for c in containers(pod) if c["image"].startswith("xplenty_exporter:")), None)


def selected(pod, labels):
    return bool(labels) and labels.items() <= pod["metadata"]["labels"].items()


def port_names(pod):
    return [port["name"] for container in containers(pod) for port in container.get("ports", [])]


def is_restricted(pod, container):
    """Whether Pod Security's profile `restricted` accepts it, and the root is read-only."""
    security = {**pod["spec"].get("securityContext", {}), **container.get("securityContext", {})}
    return (
        security.get("runAsNonRoot") is True
        and security.get("runAsUser") != 0
        and security.get("seccompProfile", {}).get("type") == "RuntimeDefault"
        and security.get("allowPrivilegeEscalation") is False
        and security.get("readOnlyRootFilesystem") is True
        and security.get("capabilities", {}).get("drop") == ["ALL"]
    )


def check_pod(pod):
    for container in containers(pod):
        name = container["name"]
        if not is_restricted(pod, container):
            yield f"container {name} is not restricted"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or not {"cpu", "memory"} <= set(resources.get("requests", {})):
            yield f"container {name} has no limit of memory, or no requests"
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            port = container.get(probe, {}).get("httpGet", {}).get("port")
            if port and port not in port_names({"spec": {"containers": [container]}}):
                yield f"container {name} has no port {port} for its {probe}"
    if pod["spec"].get("automountServiceAccountToken") is not False:
        yield "the pod has a token of the cluster's API"


def check_exporter(pod, configs):
    """Checks the exporter's container; `configs` has the parsed config files by the name of their ConfigMap."""
    exporter = exporter_of(pod)
    is_sidecar = exporter not in pod["spec"]["containers"]
    if is_sidecar and exporter.get("restartPolicy") != "Always":
        yield "not a native sidecar (restartPolicy: Always)"
    # An application with the exporter as a sidecar must not wait for the ETL service.
    expected = {"livenessProbe": "/-/healthy"}
    if not is_sidecar:
        expected |= {"startupProbe": "/-/healthy", "readinessProbe": "/-/ready"}
    probes = {key: value["httpGet"]["path"] for key, value in exporter.items() if key.endswith("Probe")}
    if probes != expected:
        yield f"probes {probes}, not {expected}"
    environment = {e["name"]: e.get("value") for e in exporter.get("env", [])}
    keys = [account["api_key_file"] for config in configs.values() for account in config["accounts"]]
    if "XPLENTY_API_KEY_FILE" in environment:
        keys.append(environment["XPLENTY_API_KEY_FILE"])
    if "XPLENTY_API_KEY" in environment or not keys:
        yield "the key does not come from a file"
    secrets = {v["name"] for v in pod["spec"]["volumes"] if "secret" in v}
    mounts = [m["mountPath"] for m in exporter["volumeMounts"] if m["name"] in secrets]
    for key in keys:
        if str(pathlib.PurePosixPath(key).parent) not in mounts:
            yield f"no Secret is mounted at {key}"


def check_selectors(rendered):
    """Checks that everything that selects pods or ports by name finds them."""
    for document in rendered:
        where = f'{document["kind"]}/{document["metadata"]["name"]}'
        spec = document.get("spec", {})
        if document["kind"] == "Service":
            labels, ports = spec["selector"], [port["targetPort"] for port in spec["ports"]]
        elif document["kind"] == "NetworkPolicy":
            labels = spec["podSelector"]["matchLabels"]
            ports = [port["port"] for rule in spec["ingress"] for port in rule["ports"]]
        elif document["kind"] == "PodMonitor":
            labels, ports = spec["selector"]["matchLabels"], [e["port"] for e in spec["podMetricsEndpoints"]]
        elif "template" in spec:
            labels, ports = spec["selector"]["matchLabels"], []
        else:
            continue
        found = [pod for pod in pods(rendered) if selected(pod, labels)]
        if not found:
            yield f"{where} selects no pod by {labels}"
        for pod in found:
            for port in ports:
                if port not in port_names(pod):
                    yield f"{where}: a pod that it selects has no port {port}"
        service = spec.get("serviceName")
        if service and service not in [s["metadata"]["name"] for s in of_kind(rendered, "Service")]:
            yield f"{where}: no Service is named {service}"


def check_monitor(monitor, pod):
    labels = monitor["spec"]["selector"]["matchLabels"]
    endpoint = monitor["spec"]["podMetricsEndpoints"][0]
    if not selected(pod, labels) or port_names(pod).count(endpoint["port"]) != 1:
        yield "the PodMonitor does not find its port"
    if not re.search("xplenty", monitor["metadata"]["name"]):
        yield "the alerts match xplenty in the label job, which is the PodMonitor's name"
    pod_name = {"sourceLabels": ["__meta_kubernetes_pod_name"], "targetLabel": "instance"}
    if pod_name not in endpoint["relabelings"]:
        yield "the PodMonitor does not make the pod's name the instance"


def egress_to(policy, port):
    """The rules that allow traffic out to `port`."""
    return [
        rule
        for rule in policy["spec"]["egress"]
        if port in [(p["port"], p["protocol"]) for p in rule["ports"]]
    ]


def check_network(rendered, pod, configs):
    policies = [
        policy
        for policy in of_kind(rendered, "NetworkPolicy")
        if selected(pod, policy["spec"]["podSelector"]["matchLabels"])
    ]
    if len(policies) != 1 or set(policies[0]["spec"]["policyTypes"]) != {"Ingress", "Egress"}:
        yield "not one NetworkPolicy for both directions"
        return
    policy = policies[0]
    if not all("from" in rule for rule in policy["spec"]["ingress"]):
        yield "the NetworkPolicy lets everybody in"
    if not egress_to(policy, (53, "UDP")) or not egress_to(policy, (53, "TCP")):
        yield "the NetworkPolicy lets no DNS out"
    for config in configs.values():
        url = config.get("api", {}).get("url", "https://api.xplenty.com")
        if url.startswith("https:"):
            rules = egress_to(policy, (443, "TCP"))
            if not any("ipBlock" in peer for rule in rules for peer in rule.get("to", [])):
                yield "the NetworkPolicy does not let the API be reached"
            continue
        host, port = re.fullmatch(r"http://(.*):(\d+)", url).groups()
        service = next((s for s in of_kind(rendered, "Service") if s["metadata"]["name"] == host), None)
        if service is None or service["spec"]["ports"][0]["port"] != int(port):
            yield f"there is no Service at {url}"
            continue
        target = service["spec"]["ports"][0]["targetPort"]
        peers = [peer for rule in egress_to(policy, (target, "TCP")) for peer in rule["to"]]
        if {"podSelector": {"matchLabels": service["spec"]["selector"]}} not in peers:
            yield f"the NetworkPolicy does not let {url} be reached"


def check_arguments(rendered, pod):
    """Checks that the exporter accepts the container's arguments, with the paths replaced by a temporary folder."""
    exporter = exporter_of(pod)
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    data = {d["metadata"]["name"]: d["data"] for d in of_kind(rendered, "ConfigMap")}
    with tempfile.TemporaryDirectory() as folder:
        def moved(text):
            for mount in exporter["volumeMounts"]:
                text = text.replace(mount["mountPath"], folder + mount["mountPath"])
            return text

        keys = set()
        for mount in exporter["volumeMounts"]:
            path = pathlib.Path(folder + mount["mountPath"])
            path.mkdir(parents=True, exist_ok=True)
            config_map = volumes.get(mount["name"], {}).get("configMap")
            for name, text in data[config_map["name"]].items() if config_map else ():
                (path / name).write_text(moved(text))
                keys |= {account["api_key_file"] for account in yaml.safe_load(text)["accounts"]}
        # A variable with a valueFrom is the pod's name.
        environment = {e["name"]: e.get("value", "xplenty-exporter-0") for e in exporter.get("env", [])}
        keys |= {environment[name] for name in environment if name.endswith("_FILE")}
        for key in keys:
            pathlib.Path(folder + key).write_text("key")
        arguments = [
            moved(re.sub(r"\$\((\w+)\)", lambda match: environment[match[1]], argument))
            for argument in exporter["args"]
        ]
        binary = pathlib.Path(os.environ["XPLENTY_BIN_DIR"]).resolve() / "xplenty_exporter"
        result = subprocess.run(
            [binary, *arguments, "--config.check"], capture_output=True, text=True,
            env={name: moved(value) for name, value in environment.items()},
        )
    if result.returncode != 0 or result.stderr:
        yield f"--config.check ended with {result.returncode}: {result.stdout}{result.stderr}"


def check_target(rendered, monitor):
    configs = {
        d["metadata"]["name"]: yaml.safe_load(d["data"]["xplenty_exporter.yml"])
        for d in of_kind(rendered, "ConfigMap")
        if "xplenty_exporter.yml" in d["data"]
    }
    yield from check_selectors(rendered)
    for namespace in of_kind(rendered, "Namespace"):
        if namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield "the Namespace admits pods that are not restricted"
    exporters = 0
    for pod in pods(rendered):
        yield from check_pod(pod)
        if exporter_of(pod) is None:
            continue
        exporters += 1
        yield from check_exporter(pod, configs)
        yield from check_monitor(monitor, pod)
        # The policy for a sidecar's pod is the application's business.
        if exporter_of(pod) in pod["spec"]["containers"]:
            yield from check_network(rendered, pod, configs)
    if exporters != 1:
        yield f"{exporters} pods of the exporter"
    for stateful in of_kind(rendered, "StatefulSet"):
        spec = stateful["spec"]
        if not spec.get("volumeClaimTemplates"):
            yield "no volume for the ledger"
        replicas = spec.get("replicas", 1)
        shard = f"--accounts.shard=$(POD_NAME)/{replicas}"
        if replicas > 1 and shard not in spec["template"]["spec"]["containers"][0]["args"]:
            yield f"no {shard} for that many replicas"


def check_rules(rule):
    """Checks that the PrometheusRule has all files of rules, and that promtool accepts it."""
    script = KUBERNETES / "generate-prometheusrule.sh"
    committed = KUBERNETES / "components" / "monitoring" / "prometheusrule.yaml"
    groups = [group for path in rule_files() for group in yaml.safe_load(path.read_text())["groups"]]
    with tempfile.TemporaryDirectory() as folder:
        generated = pathlib.Path(folder) / "prometheusrule.yaml"
        run(script, generated)
        if generated.read_text() != committed.read_text() or rule["spec"]["groups"] != groups:
            yield f"{committed.relative_to(ROOT)} is out of date: run {script.relative_to(ROOT)}"
        need("promtool")
        spec = pathlib.Path(folder) / "spec.yml"
        spec.write_text(yaml.safe_dump(rule["spec"]))
        run("promtool", "check", "rules", "--lint=all", "--lint-fatal", spec)


def check_dashboards(rendered):
    """Checks for a ConfigMap per dashboard with a fixed name, that Grafana's sidecar finds and kubectl can apply."""
    folder = ROOT / "dashboards"
    files = {path.name for path in folder.glob("*.json")}
    listed = {
        path
        for generator in yaml.safe_load((folder / "kustomization.yaml").read_text())["configMapGenerator"]
        for path in generator["files"]
    }
    if files != listed:
        return [f"dashboards/kustomization.yaml lists {sorted(listed)}, but there are {sorted(files)}"]
    problems = []
    config_maps = manifests.render("dashboards")
    for config_map in config_maps:
        name = config_map["metadata"]["name"]
        if config_map["metadata"].get("labels", {}).get("grafana_dashboard") != "1":
            problems.append(f"{name}: not labelled for Grafana's sidecar")
        if not re.fullmatch(r"xplenty-dashboard-[a-z]+", name):
            problems.append(f"{name}: not xplenty-dashboard-NAME, without a hash")
        if len(config_map["data"]) != 1:
            problems.append(f"{name}: not one dashboard")
        for file, text in config_map["data"].items():
            if json.loads(text) != json.loads((folder / file).read_text()):
                problems.append(f"{name}: not dashboards/{file}")
        if len(json.dumps(config_map)) >= ANNOTATIONS_LIMIT:
            problems.append(f"{name}: too large for kubectl apply")
        if config_map not in rendered:
            problems.append(f"{name}: not in {MONITORING}")
    return problems


def kubernetes():
    manifests.need_kustomize()
    folders = {
        str(path.parent.relative_to(KUBERNETES))
        for pattern in ("base", "overlays/*")
        for path in KUBERNETES.glob(f"{pattern}/kustomization.yaml")
    }
    if folders != set(EXPECTED):
        return [f"there are {sorted(folders)}, not {sorted(EXPECTED)}"]
    problems = check_dashboards(manifests.render(KUBERNETES / MONITORING))
    if problems:
        return problems  # as MONITORING may not even render
    rendered = {name: manifests.render(KUBERNETES / name) for name in EXPECTED}
    for name, kinds in EXPECTED.items():
        found = {document["kind"] for document in rendered[name]}
        if found != kinds:
            problems.append(f"{name}: renders {sorted(found)}, not {sorted(kinds)}")
    if problems:
        return problems
    monitor = of_kind(rendered[MONITORING], "PodMonitor")[0]
    problems += check_rules(of_kind(rendered[MONITORING], "PrometheusRule")[0])
    for name, documents in rendered.items():
        problems += [f"{name}: {problem}" for problem in check_target(documents, monitor)]
    if not problems and "XPLENTY_BIN_DIR" in os.environ:
        for name, documents in rendered.items():
            for pod in filter(exporter_of, pods(documents)):
                problems += [f"{name}: {problem}" for problem in check_arguments(documents, pod)]
    if problems:
        return problems
    need_schemas("kubernetes-models")
    return manifests.complaints([document for documents in rendered.values() for document in documents])
