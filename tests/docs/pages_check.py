"""Checks of the pages of the documentation: pages_check.py links | lengths | symbols

links:   each relative link of each Markdown file names a file that exists, and a heading or anchor of it.
lengths: README has at most 150 lines of 160 characters, the other pages lines of 240.
symbols: what the pages for developers name in backticks, in blocks of C++ or in a drawing, exists in the code.
"""

import functools
import os
import re
import sys
import urllib.parse

from pages import ROOT, Page, for_users, tracked

MOST_LINES_OF_README = 150
LONGEST_LINE_OF_README = 160
LONGEST_LINE = 240

INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:.|\n(?!\n))+?)(?<!`)\1(?!`)")
LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|\[[^\]]*\]\([^)]*\))*\]\(<?([^)\s>]*)>?(?:\s+\"[^\"]*\")?\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")  # also as the text of a link
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]: *<?(\S+?)>?(?:\s|$)", re.M)
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"")
HTML_ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=\"([^\"]*)\"")

# The pages for developers.
WITH_SYMBOLS = (
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/design/rate-limiting.md",
    "docs/design/rendering.md",
    "docs/design/scan.md",
)
DRAWING = "docs/overview.svg"
# The gauge that CONTRIBUTING.md adds as an example is not in the code: names with these parts.
OF_THE_EXAMPLE = re.compile(r"lowest_?progress", re.IGNORECASE)
CODE_FOLDERS = ("exporter", "tests")
CODE_SUFFIXES = ("*.h", "*.cc", "*.py", "*.sh", "CMakeLists.txt")
# `Foo::Bar()`, `Foo<T>`, `kFoo`, `FooBar`, `foo_bar()`, `foo_`: not words such as `Accept` or `status`.
SYMBOL = re.compile(r"~?[A-Za-z_]\w*(?:<[^>]*>)?(?:(?:::|\.|->)~?[A-Za-z_]\w*)*(?:\(.*\))?")
FILE = re.compile(r"(?:[\w.*-]+/)*[\w*-]+\.(?:h|cc|py|sh|md|txt|yml|json|sql)")
# Words of C++ blocks that the standard library or the language defines.
STANDARD = set(
    "auto bool break case class const constexpr continue double else false for if inline int int64_t namespace "
    "nullopt nullptr optional return size_t static std string string_view struct switch true uint64_t using vector "
    "void while min max".split()
)


def occurrences(pattern, text):
    """(line number, match) of each match in the text."""
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match


def anchors(prose):
    """As GitHub makes them from headings: lower case, no punctuation, hyphens; numbered if repeated."""
    found, counts = set(HTML_ANCHOR.findall(prose)), {}
    for heading in re.findall(r"^ {0,3}#{1,6} +(.*?) *#* *$", prose, re.M):
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        count = counts.get(anchor, 0)
        counts[anchor] = count + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found


def targets(prose):
    """(line number, target) of each link and image, in the order of the page."""
    text = INLINE_CODE.sub(lambda match: re.sub(r"[^\n]", "x", match[0]), prose)
    found = {
        (number, match[1])
        for pattern in (LINK, IMAGE, DEFINITION, HTML_LINK)
        for number, match in occurrences(pattern, text)
    }
    return sorted(found)


def links():
    pages = {name: Page(name) for name in tracked("*.md")}
    anchors_of = functools.cache(lambda name: anchors(pages[name].prose))
    files = set(tracked())
    known = files | {parent for name in files for parent in parents(name)}
    problems, checked = [], 0
    for name, page in pages.items():
        for number, target in targets(page.prose):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            checked += 1
            path, _, anchor = urllib.parse.unquote(target).partition("#")
            other = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if other not in known:
                problems.append(f"{name}:{number}: {target}: there is no {other}")
            elif anchor and other not in pages:
                problems.append(f"{name}:{number}: {target}: {other} is no page with headings")
            elif anchor and anchor not in anchors_of(other):
                problems.append(f"{name}:{number}: {target}: {other} has no such heading")
    if checked < 100:
        problems.append(f"only {checked} links found")
    return problems


def parents(name):
    while name := os.path.dirname(name):
        yield name
    yield "."


def lengths():
    problems = []
    for name in for_users():
        lines = Page(name).lines
        longest = LONGEST_LINE_OF_README if name == "README.md" else LONGEST_LINE
        if name == "README.md" and len(lines) > MOST_LINES_OF_README:
            problems.append(f"{name}:{len(lines)}: more than {MOST_LINES_OF_README} lines")
        problems += [
            f"{name}:{number}: {len(line)} characters, more than {longest}"
            for number, line in enumerate(lines, 1)
            if len(line) > longest
        ]
    return problems


@functools.cache
def words_by_file():
    patterns = [f"{folder}/{suffix}" for folder in CODE_FOLDERS for suffix in CODE_SUFFIXES]
    return [
        set(re.findall(r"\w+", (ROOT / name).read_text(encoding="utf-8")))
        for name in tracked(*patterns)
        if not name.startswith("tests/docs/")
    ]


def looks_like_a_symbol(text):
    return (
        re.search(r"::|\(\)|_$|>$|^k[A-Z]|[a-z][A-Z]", text)
        and not text.startswith(("xplenty_", "XPLENTY_"))
        and SYMBOL.fullmatch(text)
    )


def in_code(text):
    """Whether a source has all words of a symbol."""
    words = set(re.findall(r"[A-Za-z_]\w*", text.split("(")[0]))
    return any(words <= of_file for of_file in words_by_file())


def file_exists(name):
    if "/" not in name:
        return any(path.rsplit("/", 1)[-1] == name for path in tracked())
    return any(any((ROOT / folder).glob(name)) for folder in (".", "exporter"))


def symbols():
    problems, checked = [], 0
    for name in WITH_SYMBOLS:
        if not (ROOT / name).is_file():
            problems.append(f"{name}: missing")
            continue
        page = Page(name)
        for number, match in occurrences(INLINE_CODE, page.prose):
            text = match[2]
            if OF_THE_EXAMPLE.search(text):
                continue
            if FILE.fullmatch(text):
                checked += 1
                if not file_exists(text):
                    problems.append(f"{name}:{number}: there is no file `{text}`")
            elif looks_like_a_symbol(text):
                checked += 1
                if not in_code(text):
                    problems.append(f"{name}:{number}: there is no `{text}` in {' or '.join(CODE_FOLDERS)}")
        for block in page.blocks:
            if block.language != "cpp":
                continue
            code = re.sub(r'"(?:[^"\\]|\\.)*"|//.*', "", block.text)
            for word in re.findall(r"[A-Za-z_]\w*", code):
                checked += 1
                if word not in STANDARD and not OF_THE_EXAMPLE.search(word) and not in_code(word):
                    problems.append(f"{block}: there is no {word} in {' or '.join(CODE_FOLDERS)}")
    for number, match in occurrences(re.compile(r"<text[^>]*>([^<]*)"), (ROOT / DRAWING).read_text(encoding="utf-8")):
        for text in filter(looks_like_a_symbol, match[1].split()):
            checked += 1
            if not in_code(text):
                problems.append(f"{DRAWING}:{number}: there is no {text} in {' or '.join(CODE_FOLDERS)}")
    if checked < 20:
        problems.append(f"only {checked} names found")
    return problems


def main():
    checks = {check.__name__: check for check in (links, lengths, symbols)}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    problems = checks[sys.argv[1]]()
    print("\n".join(problems) if problems else "ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
