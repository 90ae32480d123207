"""The commands that README and docs show do what the pages say.

A block of language `sh` is run, in a copy of the project's files. A block of language `console` is not run, as it needs
something that a test does not have; OUT_OF_REACH lists what.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from pages import ROOT, Page, for_users, tracked

BIN = pathlib.Path(os.environ["XPLENTY_BIN_DIR"]).resolve()
# A generous limit, for sanitizers on a busy machine. Reaching it is a failure.
DEADLINE_SECONDS = 300
# Some systems do not have these tools.
OPTIONAL_TOOLS = ("kubectl",)
# Why a command is not run here. If no line of this table matches, the block has the wrong language.
OUT_OF_REACH = {
    "rights": r"\bsudo\b|\bsudoedit\b",
    "a container engine": r"\bdocker\b",
    "a cluster": r"\bkubectl (?!kustomize)",
    "an account": r"XPLENTY_ACCOUNT_ID=|XPLENTY_API_KEY_FILE=|xplenty_exporter --(?:once|storage)",
    # e2e.demos runs the demos, and CI the tests. The quick start with built binaries is an `sh` block.
    "packages from the network": r"install-packages\.sh|deploy/quickstart\.sh|tests/run\.sh",
    "minutes": r"\bcmake\b|\bctest\b|\bcpack\b|\bbuild/|tests/(?:fuzz|mutations|deploy|bench)/run\.",
    "a publication": r"\bgit (?:commit|tag|push)",
    "a name that the reader puts in": r"\b(?:ACCOUNT|FILE|NEW|OLD_VERSION)\b",
}


def blocks(*languages):
    return [block for name in for_users() for block in Page(name).blocks if block.language in languages]


class Commands(unittest.TestCase):
    def copy_of_the_project(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        copy = pathlib.Path(folder.name, "project")
        for name in tracked():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
        return copy

    def run_block(self, block, project):
        environment = {
            "PATH": os.pathsep.join([str(BIN), str(ROOT / "build/kubectl"), os.environ["PATH"]]),
            "HOME": str(project.parent),
            "TMPDIR": str(project.parent),
            "LC_ALL": "C.UTF-8",
        }
        process = subprocess.Popen(["sh", "-eu", "-c", block.text], cwd=project, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            self.fail(f"{block}: not finished after {DEADLINE_SECONDS} s\n{output}")
        self.assertEqual(process.returncode, 0, f"{block}\n{block.text}\n{output}")

    def test_each_sh_block_runs(self):
        found = blocks("sh")
        self.assertGreaterEqual(len(found), 5)
        project = self.copy_of_the_project()
        for block in found:
            with self.subTest(block=str(block)):
                for tool in OPTIONAL_TOOLS:
                    if re.search(rf"\b{tool}\b", block.text) and shutil.which(tool) is None:
                        self.skipTest(f"{tool} is not installed")
                self.run_block(block, project)

    def test_console_commands_cannot_run(self):
        for block in blocks("console"):
            joined = re.sub(r"(\\|&&)\n", r"\1 ", block.text)
            for command in filter(None, joined.splitlines()):
                with self.subTest(block=str(block), command=command):
                    reasons = [why for why, what in OUT_OF_REACH.items() if re.search(what, command)]
                    self.assertTrue(reasons, "this can be run: its block should be sh")

    def test_each_block_has_a_language(self):
        known = {"sh", "console", "yaml", "promql", "ini", "nginx", "text", "jsonnet", "cpp", ""}
        unknown = {f"{block}: {block.language}" for name in for_users() for block in Page(name).blocks
                   if block.language not in known}
        self.assertEqual(unknown, set())
        # A block without a language shows what a program prints.
        plain = [str(block) for block in blocks("") if re.search(r"^(?:\$ |xplenty_|deploy/|tests/)", block.text, re.M)]
        self.assertEqual(plain, [])


if __name__ == "__main__":
    unittest.main()
