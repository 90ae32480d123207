#!/usr/bin/env bash
# Builds the release, its Debian package and its image, and tests both: see package_test.py and
# image_test.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
usage: tests/deploy/run.sh [--no-install] [package | image]

  package | image  only that test
  --no-install     do not install missing packages

As root, on Debian 12 or 13. Exit codes: 0 passed, 1 failed, 77 all were skipped.
TEXT
}

tests=()
install=1
while (($# > 0)); do
  case $1 in
    package | image) tests+=("$1") ;;
    --no-install) install=0 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
if ((${#tests[@]} == 0)); then
  tests=(package image)
fi

if ((install)); then
  deploy/install-packages.sh build package package-test
fi
configure=(-DBUILD_TESTING=OFF)
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
cmake --preset release "${configure[@]}"
cmake --build --preset release --target xplenty_exporter xplenty_simulator

export XPLENTY_BIN_DIR=$PWD/build/release/bin PYTHONDONTWRITEBYTECODE=1
failed=0
skipped=0
for test in "${tests[@]}"; do
  begin=$SECONDS
  status=0
  if [[ $test == package ]]; then
    rm -f build/release/*.deb
    cpack --preset release
    /usr/bin/python3 tests/deploy/package_test.py build/release/*.deb || status=$?
  else
    /usr/bin/python3 tests/deploy/image_test.py || status=$?
  fi
  # A test that exits with 77 has said why it was skipped.
  if ((status == 77)); then
    skipped=$((skipped + 1))
  elif ((status != 0)); then
    failed=1
  fi
  printf 'tests/deploy/run.sh: %s: exit code %d after %d s\n' "$test" "$status" $((SECONDS - begin))
done
if ((failed == 0 && skipped == ${#tests[@]})); then
  exit 77
fi
exit "$failed"
