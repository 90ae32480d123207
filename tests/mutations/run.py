#!/usr/bin/env python3
"""Breaks the exporter on purpose, one change at a time, and checks that the test of the broken promise fails.

    tests/mutations/run.py                 runs all of mutations.py
    tests/mutations/run.py NAME...         runs these only
    tests/mutations/run.py --check         checks that each fits the sources; part of every test run
    tests/mutations/run.py --list          prints the table for tests/README.md

It works on a copy of the sources in build/mutations, with the preset dev.
"""

import argparse
import filecmp
import pathlib
import re
import shutil
import subprocess
import sys

import mutations

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutations"
HANGS_AFTER_SECONDS = 600
COPIED = ("CMakeLists.txt", "CMakePresets.json", "cmake", "exporter", "tests", "deploy", "dashboards", "README.md")


def unit_tests():
    """SUITE.TEST of each GoogleTest in the sources."""
    macro = re.compile(r"^(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+)", re.MULTILINE)
    for source in (ROOT / "tests").rglob("*.cc"):
        yield from (".".join(match) for match in macro.findall(source.read_text()))


def problems():
    """What no longer fits the sources or the tests."""
    tests = list(unit_tests())
    names = set()
    for mutation in mutations.ALL:
        source = ROOT / mutation.file
        if not source.is_file():
            yield f"{mutation.name}: no file {mutation.file}"
        elif (count := source.read_text().count(mutation.before)) != 1:
            yield f"{mutation.name}: {mutation.before!r} is {count} times in {mutation.file}, expected once"
        _, _, test = mutation.test.partition(r"\.")
        if not any(re.match(test, known) for known in tests):
            yield f"{mutation.name}: no test {mutation.test}"
        if mutation.name in names:
            yield f"{mutation.name}: the name is not unique"
        names.add(mutation.name)


def files_of(root):
    for name in COPIED:
        path = root / name
        inside = path.rglob("*") if path.is_dir() else [path]
        yield from (p.relative_to(root) for p in inside if p.is_file() and "__pycache__" not in p.parts)


def copy_sources():
    """Writes only files that differ, with a new time, as the copy may have been built with a mutation."""
    wanted = set(files_of(ROOT))
    for name in set(files_of(COPY)) - wanted:
        (COPY / name).unlink()
    for name in wanted:
        source, copy = ROOT / name, COPY / name
        if not copy.exists() or not filecmp.cmp(source, copy, shallow=False):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            shutil.copymode(source, copy)


def run(*command, timeout=None):
    return subprocess.run(command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout)


def build(target):
    if not (COPY / "build/dev/build.ninja").exists():
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        configured = run("cmake", "--preset", "dev", f"-DPython3_EXECUTABLE={sys.executable}", *launcher)
        if configured.returncode:
            sys.exit(configured.stdout)
    return run("cmake", "--build", "--preset", "dev", "--target", target)


def tests_of(program, pattern):
    """The names of the program's tests whose beginning matches the pattern."""
    suite = ""
    for line in run(program, "--gtest_list_tests").stdout.splitlines():
        name = line.split("#")[0].rstrip()
        if name.endswith("."):
            suite = name
        elif name.startswith("  ") and re.match(pattern, suite + name.strip()):
            yield suite + name.strip()


def passes(mutation):
    """Whether the mutation's tests pass on the copy; None if no test ran."""
    executable, pattern = mutation.test.split(r"\.", 1)
    built = build(executable)
    if built.returncode:
        print(built.stdout[-3000:])
        return None
    program = COPY / "build/dev/bin" / executable
    tests = list(tests_of(program, pattern))
    if not tests:
        return None
    try:
        return run(program, f"--gtest_filter={':'.join(tests)}", timeout=HANGS_AFTER_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def try_out(mutation):
    if not passes(mutation):
        return "BROKEN: its test does not pass without the mutation"
    source = COPY / mutation.file
    good = source.read_text()
    source.write_text(good.replace(mutation.before, mutation.after))
    try:
        outcome = passes(mutation)
    finally:
        source.write_text(good)
    if outcome is None:
        return "BROKEN: it does not build"
    return "SURVIVED" if outcome else "killed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for mutation in mutations.ALL:
            print(f"| {mutation.promise} | {mutation.breaks} | `{mutation.name}` | `{mutation.test}` |")
        return 0
    found = list(problems())
    print("\n".join(found), end="\n" if found else "")
    unknown = set(arguments.names) - {mutation.name for mutation in mutations.ALL}
    if unknown:
        print(f"unknown mutation: {', '.join(sorted(unknown))}")
    if found or unknown or arguments.check:
        return 1 if found or unknown else 0
    copy_sources()
    wanted = [m for m in mutations.ALL if not arguments.names or m.name in arguments.names]
    outcomes = []
    for mutation in wanted:
        outcomes.append(try_out(mutation))
        print(f"{outcomes[-1]:8}  {mutation.name}: {mutation.breaks} ({mutation.test})", flush=True)
    print(f"{outcomes.count('killed')} of {len(outcomes)} killed")
    return 0 if all(outcome == "killed" for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
