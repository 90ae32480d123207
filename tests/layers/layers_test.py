"""Checks the layers and the format of the sources: layers_test.py layers | format

layers: each #include "..." is allowed by the table of folders; headers have no cycles; files and
        classes are not too long, and classes have not too many public methods; few files include
        a header of each third-party library.
format: clang-format changes nothing.
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

# The folders that a folder may include in addition to itself. A new folder needs a line here.
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
LONGEST_CLASS = 400  # lines of its header and of all sources that define its members
MOST_PUBLIC_METHODS = 15
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


def without_comments(text):
    """The same code without comments, preprocessor lines and the content of literals."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s*#.*(\\\n.*)*", "", text, flags=re.MULTILINE)
    text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    return re.sub(r"(?<![0-9a-fA-F])'(\\.|[^'\\])+'", "' '", text)


def is_method(statement, class_name):
    """Whether a member declaration is a function other than constructors, operators and friends."""
    statement = re.sub(r"\[\[.*?\]\]", "", statement)
    statement = re.sub(r"\b[A-Z][A-Z_]+\([^()]*\)", "", statement)  # GUARDED_BY() and its like
    while re.search(r"<[^<>]*>", statement):
        statement = re.sub(r"<[^<>]*>", "", statement)
    head = re.match(r"[^({=]*?([~\w]+)\s*\((?!\s*\*)", statement)
    if not head or re.match(r"\s*(friend|using|typedef|static_assert|enum)\b", statement):
        return False
    if re.search(r"\boperator\b", statement) or re.search(r"=\s*delete\s*$", statement):
        return False
    return head[1].lstrip("~") != class_name


def classes(text):
    """Yields (name, number of public methods) of each class and struct that the code defines."""
    text = without_comments(text)
    definition = re.compile(
        r"(?<!enum )\b(class|struct)\s+(?:[A-Z][A-Z_]+\([^()]*\)\s*)?(?:\w+::)*(\w+)(?:\s+final)?\s*"
        r"(?::[^:;{}()][^;{}()]*)?\{"
    )
    for match in definition.finditer(text):
        kind, name = match[1], match[2]
        public, methods, statement, depth = kind == "struct", 0, "", 1
        position = match.end()
        while depth > 0:
            letter = text[position]
            position += 1
            if letter == "{":
                if depth == 1:
                    methods += public and is_method(statement, name)
                    statement += " {}"
                depth += 1
            elif letter == "}":
                depth -= 1
                # A body ends its function; behind the braces of a value a semicolon follows.
                if depth == 1 and is_method(statement.replace("{}", ""), name):
                    statement = ""
            elif depth == 1 and letter == ";":
                if "{}" not in statement:
                    methods += public and is_method(statement, name)
                statement = ""
            elif depth == 1:
                statement += letter
                label = re.search(r"\b(public|protected|private)\s*:$", statement)
                if label and text[position] != ":":
                    public, statement = label[1] == "public", ""
        yield name, methods


COUNTED = """
class CAPABILITY("a class") Sample final : public Base {
  int Hidden();
 public:
  using Sink = std::function<void(int)>;
  enum class Kind { kOne };
  struct Nested {
    void InNested() const {}
    int (*pointer)(int){};
    std::function<void(int)> function;
  };
  explicit Sample(int a = Make(1)) : a_{a}, b_(a) { Run(); }
  ~Sample() override;
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  friend bool operator==(const Sample&, const Sample&) = default;
  static constexpr int kSize = Make(3);
  std::map<int, int> table{{1, 2}};  // of Two()
  int one() const { return a_; }
  virtual std::vector<std::function<int(int)>> Two(std::span<int> all = {}) = 0;
  [[nodiscard]] static Result<Sample> Three(int a) REQUIRES(mutex_);
  template <typename T>
  void Four(const T& value) {
    if (value) Run();
  }

 private:
  void AlsoHidden();
  int a_ GUARDED_BY(mutex_) = 0;
};
"""


def class_sizes():
    """Holds each header's classes to their limits."""
    problems = []
    if list(classes(COUNTED)) != [("Sample", 4), ("Nested", 1)]:
        problems.append(f"tests/layers/layers_test.py:1: miscounted: {list(classes(COUNTED))}")
    code = {path: path.read_text(encoding="utf-8") for path in sources(EXPORTER)}
    defined = {}  # the sources that define members of a class
    for path, text in code.items():
        if path.suffix == ".cc":
            for name in set(re.findall(r"^[^\s/#}].*?\b(\w+)::~?\w+\(", text, flags=re.MULTILINE)):
                defined.setdefault(name, []).append(path)
    for header, text in code.items():
        if header.suffix != ".h":
            continue
        shown = header.relative_to(ROOT)
        parts = {header, header.with_suffix(".cc")}
        for name, methods in classes(text):
            parts.update(p for p in defined.get(name, ()) if p.parent == header.parent)
            if methods > MOST_PUBLIC_METHODS:
                problems.append(
                    f"{shown}:1: {name} has {methods} public methods, more than {MOST_PUBLIC_METHODS}"
                )
        length = sum(len(code[part].splitlines()) for part in parts if part in code)
        if length > LONGEST_CLASS:
            names = ", ".join(sorted(part.name for part in parts if part in code))
            problems.append(f"{shown}:1: {names}: {length} lines, more than {LONGEST_CLASS}")
    return problems


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
    return problems + class_sizes()


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
