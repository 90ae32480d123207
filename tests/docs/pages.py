"""The pages of the documentation, and the parts of a page."""

import dataclasses
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)(`{3,})(\w*)\s*$")


def tracked(*patterns):
    """The project's files as paths from its root, without what is built or fetched."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        capture_output=True, text=True, cwd=ROOT, check=True,
    ).stdout.splitlines()
    return sorted({name for name in listed if (ROOT / name).is_file()})


def for_users():
    """README, docs/, and the pages of the project beside README."""
    return tracked("docs/*.md", ":(glob)*.md")


@dataclasses.dataclass
class Block:
    """A fenced block: its language, its text, and the number of its first line."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


class Page:
    def __init__(self, name):
        self.name = name
        self.lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        self.blocks = []
        prose = []  # empty lines where the fenced blocks are
        block = None
        for number, line in enumerate(self.lines, 1):
            match = FENCE.match(line)
            prose.append(line if block is None and not match else "")
            if block is None and match:
                indent, fence, language = match.groups()
                block = Block(name, number, language, "")
            elif block is not None and match and match[2] == fence and not match[3]:
                self.blocks.append(block)
                block = None
            elif block is not None:
                block.text += line.removeprefix(indent) + "\n"
        assert block is None, f"{block}: this block is not closed"
        self.prose = "\n".join(prose)
