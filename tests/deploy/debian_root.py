"""A clean Debian of this machine's suite, and programs that run in it. Needs Linux and root.

Mounts are made in the mount namespace of the started program, so they end with it in any case.
The program replaces each step, so that its pid is the one to signal.
"""

import os
import pathlib
import platform
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
MAX_AGE_SECONDS = 24 * 3600
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# The arguments are: the root, "ro" or "rw", UID:GID, mounts (FROM:TO ...), "--", the program.
ENTER = """
root=$1 mode=$2 user=$3; shift 3
mount --bind "$root" "$root"
[ "$mode" = rw ] || mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mount --bind "${1%%:*}" "$root${1#*:}"
  shift
done
shift
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" "$@"
"""


def inside(root, *command, user="0:0", read_only=False, mounts=None):
    """The command line that runs `command` in that root, with `mounts`: {path here: path in it}."""
    binds = [f"{here}:{there}" for here, there in (mounts or {}).items()]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-euc", ENTER, "sh", str(root),
            "ro" if read_only else "rw", user, *binds, "--", *map(str, command)]


def sources():
    """Debian's own archives among those that apt uses here."""
    lines = subprocess.run(
        ["apt-get", "indextargets", "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)",
         "Created-By: Packages", "Origin: Debian"],
        check=True, capture_output=True, text=True,
    ).stdout.splitlines()
    return sorted({line for line in lines if f" {SUITE}" in line})


def apt_options():
    """This machine's options of apt for proxies and the age of archives."""
    dump = subprocess.run(["apt-config", "dump", "Acquire"], check=True, capture_output=True, text=True)
    wanted = ("Acquire::Check-", "Acquire::http::Proxy", "Acquire::https::Proxy")
    return [f"--aptopt={line}" for line in dump.stdout.splitlines() if line.startswith(wanted)]


def base_tar():
    """The tar of a minimal Debian as debootstrap makes it; it is made once a day."""
    path = ROOT / "build" / f"debian-{SUITE}.tar"
    if path.exists() and time.time() - path.stat().st_mtime < MAX_AGE_SECONDS:
        return path
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part.tar")
    print(f"making a minimal {SUITE}, once a day", flush=True)
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", *apt_options(), SUITE, part, *sources()],
        check=True, stdin=subprocess.DEVNULL,
    )
    part.replace(path)
    return path


def unpack(folder):
    """Unpacks a root into `folder`, with this machine's DNS settings."""
    subprocess.run(["tar", "-C", folder, "--numeric-owner", "-xpf", base_tar()], check=True)
    shutil.copy("/etc/resolv.conf", f"{folder}/etc/resolv.conf")


def why_not(*tools):
    """The reason why these tests cannot run here, or None."""
    missing = [tool for tool in ("mmdebstrap", *tools) if not shutil.which(tool, path=PATH)]
    if missing:
        return f"no {', '.join(missing)}: deploy/install-packages.sh package-test"
    if os.geteuid() != 0:
        return "they need root, for chroot and mounts"
    probe = ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(probe, check=False, capture_output=True).returncode != 0:
        return "nothing may be mounted here"
    if not SUITE or not sources():
        return "this is no Debian with package lists: apt-get update"
    return None
