"""Checks deploy/compose: the schema of Compose, the names in the file, and that its services fit together."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from tools import DEPLOY, ROOT, SCHEMAS, need, need_schemas, rule_files, run

FOLDER = DEPLOY / "compose"


def variables(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated(text, values):
    """The text with ${NAME}, ${NAME:-default} and ${NAME:?why it is needed} replaced as Compose replaces them."""

    def value(match):
        name, default = match.groups()
        if name not in values and default is None:
            sys.exit(f"compose.yaml: ${name} is not in demo.env and has no default")
        return values.get(name, default)

    return re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", value, text)


def of_service(name, service):
    if service.get("read_only") is not True or service.get("cap_drop") != ["ALL"]:
        yield f"{name}: its root is not read-only, or it has capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield f"{name}: may gain privileges"
    if service.get("restart") != "unless-stopped":  # the schema takes any text
        yield f"{name}: does not start again with the machine"
    if not re.search(r":v?\d[\w.]*$", service["image"]):
        yield f"{name}: {service['image']} has no version"
    for port in service.get("ports", []):
        if not port.startswith("127.0.0.1:"):
            yield f"{name}: {port} is open to other machines"
    if (service.get("profiles") == ["demo"]) != (name == "simulator"):
        yield f"{name}: only the simulator may be, and must be, limited to the demo"


def mounts(service):
    """{path inside: path here} of the mounts from this folder."""
    found = {}
    for volume in service.get("volumes", []):
        source, target = volume.split(":")[:2]
        if source.startswith("."):
            found[target] = (FOLDER / source).resolve()
    return found


def listens(address, services):
    """Whether there is a service with that name that publishes that port."""
    host, port = address.rsplit(":", 1)
    return any(published.endswith(f":{port}") for published in services.get(host, {}).get("ports", []))


def of_names(name, service, settings):
    """Checks that all names are declared; Compose would do so, but it is not installed here."""
    for secret in service.get("secrets", []):
        if secret not in settings["secrets"]:
            yield f"{name}: no secret is named {secret}"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if not source.startswith(".") and source not in settings["volumes"]:
            yield f"{name}: no volume is named {source}"


def of_prometheus(service, services):
    storage = next(a for a in service["command"] if a.startswith("--storage.tsdb.path=")).split("=")[1]
    if storage not in [volume.split(":")[1] for volume in service["volumes"]]:
        yield f"prometheus: no volume is at {storage}, and its root is read-only"
    inside = mounts(service)
    config = inside["/etc/prometheus/prometheus.yml"]
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    if set(settings["rule_files"]) != {f"rules/{path.name}" for path in rule_files()}:
        yield "prometheus: the rules are not the shipped ones"
    for job in settings["scrape_configs"]:
        for target in job["static_configs"][0]["targets"]:
            if not listens(target, services):
                yield f"prometheus: no service is named {target}"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(config, folder)
        shutil.copytree(inside["/etc/prometheus/rules"], pathlib.Path(folder) / "rules")
        run("promtool", "check", "config", pathlib.Path(folder) / config.name)


def of_grafana(service, services):
    inside = mounts(service)
    provisioning = inside["/etc/grafana/provisioning"]
    for file in (provisioning / "dashboards").glob("*.yaml"):
        for provider in yaml.safe_load(file.read_text(encoding="utf-8"))["providers"]:
            path = provider["options"]["path"]
            if inside.get(path) != ROOT / "dashboards":
                yield f"grafana: {file.name} looks for dashboards in {path}, where they are not mounted"
    home = pathlib.PurePosixPath(service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    if not (inside.get(str(home.parent), FOLDER) / home.name).is_file():
        yield f"grafana: {home} does not exist"
    for file in (provisioning / "datasources").glob("*.yaml"):
        for source in yaml.safe_load(file.read_text(encoding="utf-8"))["datasources"]:
            if not listens(source["url"].removeprefix("http://"), services):
                yield f"grafana: {file.name}: no service is named {source['url']}"
    for file in provisioning.glob("*/*.yaml"):
        # $$ stands for a dollar; Grafana replaces any other $ by a variable of its environment.
        for variable in re.findall(r"(?<!\$)\$\{?(\w+)", re.sub(r"#.*", "", file.read_text(encoding="utf-8"))):
            if variable not in service["environment"]:
                yield f"grafana: {file.name} wants ${variable}"


def of_demo(services, secrets):
    """Checks that the exporter finds the simulator, with its default account and key."""
    environment = services["exporter"]["environment"]
    port = next(a for a in services["simulator"]["command"] if a.startswith("--listen-address")).rsplit(":")[-1]
    if environment.get("XPLENTY_API_URL") != f"http://simulator:{port}":
        yield f"exporter: its API in the demo is {environment.get('XPLENTY_API_URL')}, not the simulator"
    if environment.get("XPLENTY_ACCOUNT_ID") != "demo":
        yield "exporter: the account is not demo, which is the simulator's"
    key_file = environment.get("XPLENTY_API_KEY_FILE", "")
    if key_file not in [f"/run/secrets/{secret}" for secret in services["exporter"].get("secrets", [])]:
        yield f"exporter: no secret is at {key_file}"
    if (FOLDER / secrets["api_key"]["file"]).read_text(encoding="utf-8").strip() != "demo-key":
        yield "exporter: the key is not demo-key, which is the simulator's"


def compose():
    need("promtool")
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    settings = yaml.safe_load(interpolated(text, variables(FOLDER / "demo.env")))
    services = settings["services"]
    problems = []
    stages = re.findall(r"^FROM \S+ AS (\w+)$", (DEPLOY / "container" / "Containerfile").read_text(), re.M)
    for name, service in services.items():
        problems += of_service(name, service)
        problems += of_names(name, service, settings)
        build = service.get("build", {})
        if build and (FOLDER / build["context"]).resolve() != ROOT:
            problems.append(f"{name}: it is not built from the repository")
        if build and not (ROOT / build["dockerfile"]).is_file():
            problems.append(f"{name}: {build['dockerfile']} does not exist")
        if "target" in build and build["target"] not in stages:
            problems.append(f"{name}: the Containerfile has no stage {build['target']}")
        problems += [f"{name}: {path} does not exist" for path in mounts(service).values() if not path.exists()]
    problems += of_demo(services, settings["secrets"])
    if not problems:
        problems += of_prometheus(services["prometheus"], services)
        problems += of_grafana(services["grafana"], services)
    if problems:
        return problems

    need_schemas("dclint")
    document = json.dumps({key: value for key, value in settings.items() if not key.startswith("x-")})
    done = subprocess.run(
        ["node", SCHEMAS / "check-compose.mjs"], input=document, capture_output=True, text=True
    )
    return (done.stdout + done.stderr).splitlines() if done.returncode != 0 else []
