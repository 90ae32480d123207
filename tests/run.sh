#!/usr/bin/env bash
# Builds and tests everything, as CI does: all tests on a plain build, then those that find more under
# AddressSanitizer and UndefinedBehaviorSanitizer, then those that find more under ThreadSanitizer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--unit | --quick | --preset NAME] [--no-install] [--help]

  --unit         unit and style tests only, on a plain build: for every edit
  --quick        all tests on a plain build, without sanitizers
  --preset NAME  that preset only: dev, asan, tsan or release
  --no-install   do not install missing packages

Without flags: dev, asan and tsan. Each runs even if one before it fails.
TEXT
}

presets=(dev asan tsan)
packages=(build test)
install=1
unit=0
while (($# > 0)); do
  case $1 in
    --unit)
      presets=(dev)
      packages=(build unit-test)
      unit=1
      ;;
    --quick) presets=(dev) ;;
    --preset)
      if (($# < 2)); then
        usage >&2
        exit 2
      fi
      presets=("$2")
      shift
      ;;
    --preset=*) presets=("${1#*=}") ;;
    --no-install) install=0 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

if ((install)); then
  deploy/install-packages.sh "${packages[@]}"
fi
if ((install && !unit)); then
  # The tests that need what follows are skipped without it.
  python3 tests/deploy/kubectl.py ||
    printf 'tests/run.sh: there is no kubectl to render with: some tests will be skipped\n' >&2
  # These are not in Debian; npm installs them exactly as locked.
  for folder in tests/deploy/schemas tests/e2e/browser; do
    if [[ ! $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
      npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error ||
        printf 'tests/run.sh: npm could not install %s: some tests will be skipped\n' "$folder" >&2
    fi
  done
fi

# The quick start may have configured it without.
configure=(-DBUILD_TESTING=ON)
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # A second checkout finds what the first one has compiled.
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  plain=(-DCMAKE_UNITY_BUILD=OFF)
else
  plain=(-DCMAKE_UNITY_BUILD=ON)
fi
# Debian's interpreter is the one that sees Debian's modules.
if [[ -x /usr/bin/python3 ]]; then
  configure+=(-DPython3_EXECUTABLE=/usr/bin/python3)
fi

# Many of the tests wait more than they compute.
jobs=$((2 * $(nproc)))

run_preset() {
  local preset=$1 build=() tests=() settings=("${configure[@]}")
  case $preset in
    asan | tsan)
      # Their tests start the simulator of dev, which needs no sanitizer.
      cmake --preset dev "${configure[@]}" "${plain[@]}" &&
        cmake --build --preset dev --target xplenty_simulator || return
      ;;
    *) settings+=("${plain[@]}") ;;
  esac
  if ((unit)); then
    build=(--target unit_tests)
    tests=(-L '^(unit|simulator|style)$')
  elif ((${#presets[@]} > 1)) && [[ $preset == dev ]]; then
    # The preset asan runs the others.
    build=(--target test_programs)
    tests=(-LE '^unit$' -E '^crash\.failing_disk$')
  fi
  cmake --preset "$preset" "${settings[@]}" && cmake --build --preset "$preset" "${build[@]}" &&
    ctest --preset "$preset" -j"$jobs" "${tests[@]}"
}

summary=()
failed=0
for preset in "${presets[@]}"; do
  printf '\n=== %s\n' "$preset"
  begin=$SECONDS
  if run_preset "$preset"; then
    verdict=passed
  else
    verdict=FAILED
    failed=1
  fi
  summary+=("$(printf '%-8s %s in %d s' "$preset" "$verdict" $((SECONDS - begin)))")
done
printf '\n=== summary\n'
printf '%s\n' "${summary[@]}"
exit "$failed"
