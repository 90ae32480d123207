"""Checks that sources and docs are in plain English: words_test.py words | names

words: code, comments, messages, scripts and docs have no phrase of the table below.
names: the name of a test has at most six words, not counting articles.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_WORDS = 6

# Phrases to avoid, with better words. They match whole words, in upper and lower case.
PHRASES = {
    r"anew": "again, from the start",
    r"told|tells? (of|apart|how|what|when|whether|since|the time)": "reported, says, shows",
    r"likewise": "say it again in full",
    r"lest": "so that ... not",
    r"for good": "permanently",
    r"whoever|whichever|whosoever": "name the caller or the client",
    r"whatever": "any, for each, regardless of",
    r"(?<!there )(is|are) (?-i:none)(?! of)|none is (known|given)": "is absent, is empty",
    r"(?-i:none):": "empty:",
    r"comes? to": "is, becomes, amounts to",
    r"goes by|going by": "follows, uses",
    r"at one go|in one go": "at once",
    r"seldom|seldomer": "rarely",
    r"retell(s|ing)?": "recompute",
    r"by the way": "leave it out",
    r"at a stroke": "at once",
    r"no more than once": "at most once",
    r"in vain": "without result",
    r"but for": "except for",
    r"held against": "compared with",
    r"(goes|go|went) on (?!the|a|an)|going on": "continues",
    r"once (and )?for all": "permanently, once",
    r"reckon(s|ed)?( with)?": "counts, expects",
    r"mend(s|ed|ing)?": "repair",
    r"(?-i:heal(s|ed|ing)?)": "recover",
    r"born(?!\()|reborn": "created, started",
    r"beside(?=s? them all)": "leave it out",
    r"hearsay|forthwith|thereof|therein|whereof|wherein|hence": "plain words",
}
FILES = (
    "*.cc", "*.h", "*.py", "*.sh", "*.md", "*.cmake", "CMakeLists.txt", "*.in", "*.yml", "*.yaml",
    "*.libsonnet", "*.service", "*.socket", "*.css", "*.js", "*.mjs", "*.awk", "*.roff",
)
# The table itself and licence texts are not checked.
LEFT_OUT = {"tests/layers/words_test.py", "LICENSE"}

TEST_NAME = re.compile(
    r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+)"
    r"|^    def test_(\w+)\(",
    re.MULTILINE,
)


def files(*patterns):
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        capture_output=True, text=True, cwd=ROOT, check=True,
    ).stdout.splitlines()
    return [name for name in listed if name not in LEFT_OUT and (ROOT / name).is_file()]


def words():
    problems = []
    patterns = [
        (re.compile(rf"(?<![\w`-])(?:{phrase})(?![\w-])", re.IGNORECASE), better)
        for phrase, better in PHRASES.items()
    ]
    for name in files(*FILES):
        text = (ROOT / name).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, better in patterns:
                for match in pattern.finditer(line):
                    problems.append(f'{name}:{number}: "{match[0]}": write: {better}')
    return problems


def word_count(name):
    """The number of words in a CamelCase or snake_case name, without articles; a number is a word."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return sum(word.lower() not in {"a", "an", "the"} for word in found)


def names():
    problems = []
    for name in files("tests/*.cc", "tests/*.h", "tests/*.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for match in TEST_NAME.finditer(text):
            test = match[2] or match[3]
            count = word_count(test)
            if count > MOST_WORDS:
                number = text.count("\n", 0, match.start()) + 1
                problems.append(f"{name}:{number}: {test} has {count} words, more than {MOST_WORDS}")
    return problems


def main():
    checks = {"words": words, "names": names}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    result = checks[sys.argv[1]]()
    print("\n".join(result) if result else "ok")
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
