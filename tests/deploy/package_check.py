"""Checks of what is installed: package_check.py BUILD_FOLDER

Installs a build into a temporary folder and checks the files, the man page, the completions and the
scripts of the Debian package. Exit code: 0; 1 after printing the problems; 77 after naming the missing
tools if there is no other problem.
"""

import fcntl
import gzip
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

from tools import DEPLOY, ROOT, SKIPPED, need, rule_files, run

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "NOTES", "EXAMPLES", "EXIT STATUS",
            "ENVIRONMENT", "FILES", "SEE ALSO"]
MISSING = []


def have(tool):
    found = subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True, check=False)
    if found.returncode != 0:
        MISSING.append(tool)
    return found.returncode == 0


def install(build, root):
    run("env", f"DESTDIR={root}", "cmake", "--install", build, "--prefix", "/usr")
    return {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_file()}


def expected_files():
    """The paths of all installed files of the repository, and of those that are generated."""
    docs = "/usr/share/doc/xplenty-exporter"
    data = "/usr/share/xplenty_exporter"
    pages = [p.relative_to(ROOT) for p in (ROOT / "docs").rglob("*.md")]
    return {
        "/etc/xplenty_exporter/xplenty_exporter.env",
        "/usr/bin/xplenty_exporter",
        "/usr/lib/systemd/system/xplenty_exporter.service",
        "/usr/lib/systemd/system/xplenty_exporter.socket",
        "/usr/share/bash-completion/completions/xplenty_exporter",
        "/usr/share/lintian/overrides/xplenty-exporter",
        "/usr/share/man/man1/xplenty_exporter.1.gz",
        "/usr/share/zsh/vendor-completions/_xplenty_exporter",
        *(f"{data}/rules/{p.name}" for p in rule_files()),
        *(f"{data}/dashboards/{p.name}" for p in (ROOT / "dashboards").glob("*.json")),
        *(f"{docs}/{p}" for p in pages),
        *(f"{docs}/{name}" for name in
          ("README.md", "changelog.gz", "copyright", "examples/xplenty_exporter.yml")),
    }


def files(build, root):
    installed, expected = install(build, root), expected_files()
    problems = [f"{path}: not installed" for path in sorted(expected - installed)]
    problems += [f"{path}: installed, but not expected" for path in sorted(installed - expected)]
    conffiles = (DEPLOY / "debian/conffiles").read_text(encoding="utf-8").split()
    if set(conffiles) != {path for path in installed if path.startswith("/etc/")}:
        problems.append("deploy/debian/conffiles: not the files in /etc")
    settings = root / "etc/xplenty_exporter/xplenty_exporter.env"
    if settings.stat().st_mode & 0o777 != 0o640:
        problems.append(f"{settings.name}: its mode is not 0640, although it may contain a password")
    settings.write_text("XPLENTY_ACCOUNT_ID=mine\n", encoding="utf-8")
    install(build, root)
    if settings.read_text(encoding="utf-8") != "XPLENTY_ACCOUNT_ID=mine\n":
        problems.append(f"{settings.name}: overwritten by a second installation")
    return problems


def man_page(root, flags):
    path = root / "usr/share/man/man1/xplenty_exporter.1.gz"
    source = gzip.decompress(path.read_bytes()).decode()
    problems = []
    if re.findall(r"^\.SH (.*)", source, re.M) != SECTIONS:
        problems.append(f"man page: the sections are not {', '.join(SECTIONS)}")
    if not have("man"):
        return problems
    result = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", path], check=False,
        capture_output=True, text=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
    )
    problems += [f"man page: {line}" for line in result.stderr.splitlines()]
    text = re.sub(".\x08|\x1b\\[\\d*m", "", result.stdout)  # bold, in one of two forms
    headings = set(re.findall(r"^ +(?:-h, )?(--[\w.-]+)", text, re.M))
    problems += [f"man page: no {flag}" for flag in sorted(flags - headings)]
    return problems


def bash_offers(root, binary, *words):
    """The completions of the last word."""
    script = root / "usr/share/bash-completion/completions/xplenty_exporter"
    # compopt works only within readline's completion.
    code = ('compopt() { :; }; source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))\n'
            '_xplenty_exporter; printf "%s\\n" "${COMPREPLY[@]}"')
    return run("bash", "-euc", code, "bash", script, binary, *words).stdout.split()


def zsh_offers(root, binary, line):
    """The text that zsh prints after the line and Tab, in a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "xterm", "ZDOTDIR": str(root)})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 240, 0, 0))
    start = (f"path=({binary.parent} $path); fpath=({root}/usr/share/zsh/vendor-completions $fpath);"
             "autoload -Uz compinit; compinit -u -D; unsetopt beep; PROMPT=rea''dy\n")
    # After the list the line is deleted and a prompt is set; the prompt shows that the list is complete.
    keys = f"{line}\t\x15PROMPT=do''ne\n"
    text = ""
    try:
        # A prompt shows that the line editor is ready to read.
        for send, prompt in ((start, "ready"), (keys, "done")):
            os.write(terminal, send.encode())
            text = ""
            while prompt not in text:
                text += os.read(terminal, 65536).decode(errors="replace")
    finally:
        os.write(terminal, b"exit\n")
        os.close(terminal)
        os.waitpid(pid, 0)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)


def completion(root, binary, flags):
    problems = []
    choices = {"--log.level": {"debug", "info", "warn", "error"}, "--log.format": {"logfmt", "json"}}
    offered = bash_offers(root, binary, "--")
    if {flag.rstrip("=") for flag in offered} != flags:
        problems.append(f"bash: offers {offered}")
    for flag, names in choices.items():
        for words in ((flag, "="), (flag, "=", ""), (flag, "")):
            if set(bash_offers(root, binary, *words)) != names:
                problems.append(f"bash: not the choices after {' '.join(words)}")
    for flag in flags:
        is_path = flag.endswith(("-file", ".file", ".path"))
        if (f"{root}/usr" in bash_offers(root, binary, flag, "=", f"{root}/u")) != is_path:
            problems.append(f"bash: file names after {flag}" + (" are not offered" if is_path else ""))
    if not have("zsh"):
        return problems
    shown = zsh_offers(root, binary, "xplenty_exporter --")
    if set(re.findall(r"(--[a-z][\w.-]*)=?\s+-- ", shown)) != flags:
        problems.append(f"zsh: offers {shown}")
    for flag, names in choices.items():
        shown = zsh_offers(root, binary, f"xplenty_exporter {flag}=")
        if not names <= set(re.findall(r"\w+", shown)):
            problems.append(f"zsh: not the choices after {flag}=, but {shown}")
    if "bin/" not in zsh_offers(root, binary, f"xplenty_exporter --config.file={root}/usr/"):
        problems.append("zsh: no file names after --config.file=")
    return problems


def scripts():
    need("shellcheck")
    run("shellcheck", DEPLOY / "completion/xplenty_exporter",
        *(DEPLOY / "debian" / name for name in ("postinst", "prerm", "postrm")))
    return []


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        problems = files(pathlib.Path(sys.argv[1]), root)
        binary = root / "usr/bin/xplenty_exporter"
        flags = set(re.findall(r"^ +(?:-h, *)?(--[\w.-]+)", run(binary, "--help").stdout, re.M))
        problems += man_page(root, flags) + completion(root, binary, flags) + scripts()
    if problems:
        print("\n".join(problems))
        return 1
    if MISSING:
        print(f"skipped in part, as {' and '.join(MISSING)} are not installed; all other checks passed")
        return SKIPPED
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
