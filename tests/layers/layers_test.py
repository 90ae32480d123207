"""Holds the sources to the project's layers: layers_test.py layers | format

layers: each #include "..." against the table of allowed folders, cycles among headers, the length
        of files, and how many files include a header of a third-party library.
format: clang-format finds nothing to change.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPORTER = ROOT / "exporter"
TESTS = ROOT / "tests"
SIMULATOR = TESTS / "simulator"
SKIPPED = 77

# What a folder may include beside itself. A new folder needs a line here.
ALL = {"base", "model", "jobs", "api", "ledger", "refresh", "collector", "exposition", "http",
       "status_page", "config", "app"}
ALLOWED = {
    "base": set(),
    "model": {"base"},
    "jobs": {"base", "model"},
    "api": {"base", "model", "jobs"},
    "ledger": {"base", "model", "jobs"},
    "refresh": {"base", "model", "jobs", "api", "ledger"},
    "collector": {"base", "model", "exposition"},
    "exposition": {"base"},
    "http": {"base", "model", "exposition"},
    "status_page": {"base", "model", "http"},
    "config": {"base", "model"},
    "app": ALL,
    "main": ALL,
    "simulator": {"base"},  # its reading of the API must be its own
}
LONGEST_FILE = 400
# These are expensive to compile, or should stay easy to replace.
THIRD_PARTY = {
    "nlohmann/json": r"nlohmann/",
    "SQLite": r"sqlite3",
    "curl": r"curl/",
    "CLI11": r"CLI/",
    "yaml-cpp": r"yaml-cpp/",
    "RE2": r"re2/",
}
MOST_INCLUDERS = 2

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".h", ".cc"))


def includes(path):
    """Yields (line number, quoted?, name)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def resolve(path, name):
    for folder in (EXPORTER, path.parent, TESTS):
        candidate = (folder / name).resolve()
        if candidate.is_file():
            return candidate
    return None


def layer(path):
    if path.is_relative_to(SIMULATOR):
        return "simulator"
    if path.is_relative_to(EXPORTER):
        parts = path.relative_to(EXPORTER).parts
        return parts[0] if len(parts) > 1 else "main"
    return None


def cycles(graph):
    """Each cycle once, as a list of paths."""
    found, done = [], set()

    def visit(path, trail):
        if path in trail:
            found.append(trail[trail.index(path):] + [path])
            return
        if path in done:
            return
        for target in graph.get(path, ()):
            visit(target, trail + [path])
        done.add(path)

    for path in sorted(graph):
        visit(path, [])
    return found


def layers():
    problems = []
    graph = {}
    includers = {library: [] for library in THIRD_PARTY}
    files = sources(EXPORTER) + sources(SIMULATOR)
    for path in files:
        shown = path.relative_to(ROOT)
        own = layer(path)
        if own not in ALLOWED:
            problems.append(f"{shown}:1: folder {own} is not in the table of this test")
            continue
        if own != "simulator":
            length = len(path.read_text(encoding="utf-8").splitlines())
            if length > LONGEST_FILE:
                problems.append(f"{shown}:{length}: longer than {LONGEST_FILE} lines")
        seen = set()
        for number, quoted, name in includes(path):
            where = f"{shown}:{number}"
            for library, pattern in THIRD_PARTY.items():
                if own != "simulator" and re.match(pattern, name) and library not in seen:
                    seen.add(library)
                    includers[library].append(where)
            target = resolve(path, name) if quoted else None
            if target is None:
                # A quoted third-party header is harmless, and the compiler refuses a missing header
                # of ours unless the build generates it.
                continue
            graph.setdefault(path, []).append(target)
            other = layer(target)
            if other is None:
                problems.append(f"{where}: {name} is neither in exporter/ nor in the simulator")
            elif other != own and other not in ALLOWED[own]:
                problems.append(f"{where}: {own} may not include {other} ({name})")
    for library, places in includers.items():
        if len(places) > MOST_INCLUDERS:
            problems.append(
                f"{places[-1]}: {library} is included by {len(places)} files, "
                f"more than {MOST_INCLUDERS}: {', '.join(places)}"
            )
    for cycle in cycles(graph):
        names = " -> ".join(str(p.relative_to(ROOT)) for p in cycle)
        problems.append(f"{cycle[0].relative_to(ROOT)}:1: include cycle: {names}")
    if not files:
        problems.append("no sources found")
    return problems


def formatting():
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if tool is None:
        return ["clang-format is missing: deploy/install-packages.sh test"]
    version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    if not re.search(r"version 14\.", version):
        print(f"skipped: versions differ in details, and this is not 14: {version.strip()}")
        return SKIPPED
    files = sources(EXPORTER) + sources(TESTS)
    result = subprocess.run(
        [tool, "--dry-run", "--Werror", *files], capture_output=True, text=True, cwd=ROOT
    )
    if result.returncode == 0:
        return []
    return [line for line in result.stderr.splitlines() if ": error:" in line] or [result.stderr]


def main():
    checks = {"layers": layers, "format": formatting}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    result = checks[sys.argv[1]]()
    if isinstance(result, int):
        return result
    print("\n".join(result) if result else "ok")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
