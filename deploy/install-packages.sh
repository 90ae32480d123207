#!/usr/bin/env bash
# Installs the Debian packages that the project needs. This is the only list of them, for people, CI and
# images. Only missing packages are installed, so a second call is fast and needs no rights.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/install-packages.sh SET...

Sets (Debian 12 or 13):
  build       compiler and libraries of the exporter and its simulator
  unit-test   what unit and style tests also need
  test        what all tests also need; it includes unit-test
  package     what cpack needs to make the Debian package
  package-test  what tests/deploy/run.sh needs beside these
  fuzz        Clang and its runtime libraries, for tests/fuzz/run.sh
  bench       what tests/bench/run.sh measures with and against, without starting Debian's nginx
  prometheus  Prometheus and promtool, without starting Debian's service
TEXT
}

build=(
  g++ cmake ninja-build pkg-config ca-certificates
  libcpp-httplib-dev prometheus-cpp-dev nlohmann-json3-dev libcli11-dev
  libsqlite3-dev libssl-dev zlib1g-dev libcurl4-openssl-dev libcrypt-dev
  libyaml-cpp-dev libre2-dev
)
unit_test=(libgtest-dev libgmock-dev librapidcheck-dev python3 clang-format git)
test=(
  "${unit_test[@]}"
  python3-yaml python3-prometheus-client
  prometheus prometheus-alertmanager curl openssl shellcheck jsonnet
  chromium chromium-driver python3-selenium
  man-db zsh systemd
)
package=(dpkg-dev file)
package_test=(
  buildah lintian mmdebstrap
  python3 python3-prometheus-client
)
fuzz=(clang libclang-rt-dev)
bench=(
  libbenchmark-dev nginx
  golang-go golang-github-prometheus-client-golang-dev
  python3 python3-prometheus-client
)
prometheus=(prometheus)

say() { printf 'install-packages: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]
}

wanted=()
for set in "$@"; do
  case $set in
    build) wanted+=("${build[@]}") ;;
    unit-test) wanted+=("${unit_test[@]}") ;;
    test)
      wanted+=("${test[@]}")
      # Packages of nodejs from other sources include npm, and conflict with Debian's.
      command -v npm >/dev/null || wanted+=(npm)
      ;;
    package) wanted+=("${package[@]}") ;;
    package-test) wanted+=("${package_test[@]}") ;;
    fuzz) wanted+=("${fuzz[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    prometheus) wanted+=("${prometheus[@]}") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
if ((${#wanted[@]} == 0)); then
  usage >&2
  exit 2
fi
command -v dpkg-query >/dev/null || fail "this is not Debian: install by hand: ${wanted[*]}"

missing=()
for name in "${wanted[@]}"; do
  if [[ " ${missing[*]-} " != *" $name "* ]] && ! is_installed "$name"; then
    missing+=("$name")
  fi
done
if ((${#missing[@]} == 0)); then
  say "all are installed: $*"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null ||
    fail "run as root (sudo is not installed): apt-get install --no-install-recommends ${missing[*]}"
  as_root=(sudo)
fi
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >&2
}

# Installing a package with a service starts the service. On a desktop that would be a Prometheus that
# nobody wants, so services may not start during the installation, unless the system has its own policy.
services=()
for name in prometheus prometheus-alertmanager nginx; do
  [[ " ${missing[*]} " != *" $name "* ]] || services+=("$name.service")
done
policy=/usr/sbin/policy-rc.d
cleanup() { [[ -z ${made_policy-} ]] || "${as_root[@]}" rm -f "$policy"; }
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
if ((${#services[@]} > 0)) && [[ ! -e $policy ]]; then
  made_policy=1
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

say "installing ${missing[*]}"
# A new or old system has no package lists, or lists of versions that no longer exist. Existing lists are
# tried first, as an update takes longer than most installations.
if ! apt_get install -y --no-install-recommends "${missing[@]}"; then
  say "updating the package lists and trying again"
  apt_get update
  apt_get install -y --no-install-recommends "${missing[@]}"
fi
if [[ -n ${made_policy-} ]] && command -v systemctl >/dev/null; then
  # The services also do not start at the next boot.
  "${as_root[@]}" systemctl disable "${services[@]}" >&2 || true
fi
