"""Functions that the checks of deploy/ share."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SCHEMAS = ROOT / "tests" / "deploy" / "schemas"
RULES = DEPLOY / "prometheus" / "rules"
SKIPPED = 77


def rule_files():
    """All shipped files of rules, without their tests."""
    return sorted(path for path in RULES.glob("xplenty-*.yml") if not path.stem.endswith("_test"))


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need(tool, optional=False):
    if shutil.which(tool):
        return
    if optional:
        skip(f"{tool} is not installed")
    sys.exit(f"{tool} is missing: deploy/install-packages.sh test")


def need_schemas(package):
    need("node", optional=True)
    if not (SCHEMAS / "node_modules" / package).is_dir():
        skip(f"no {package} here: npm ci --ignore-scripts --prefix {SCHEMAS.relative_to(ROOT)}")


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result
