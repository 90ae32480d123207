#!/usr/bin/env bash
# Builds the fuzz targets with Clang and runs them one after the other.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
usage: tests/fuzz/run.sh [--seconds N] [--no-install] [--help] [TARGET...]

  --seconds N    how long each target runs (default 60)
  --no-install   do not install missing Debian packages
  TARGET         job_list, ledger_open, ...: each tests/fuzz/fuzz_TARGET.cc; default: all

Begins with tests/fuzz/corpus/TARGET and what earlier runs found, which is kept with the findings in
build/fuzz/corpus and build/fuzz/findings. Ends with 1 if a target has a finding.
TEXT
}

seconds=60
install=1
targets=()
while (($# > 0)); do
  case $1 in
    --seconds)
      if (($# < 2)); then
        usage >&2
        exit 2
      fi
      seconds=$2
      shift
      ;;
    --seconds=*) seconds=${1#*=} ;;
    --no-install) install=0 ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/fuzz_*.cc; do
    target=${source##*/fuzz_}
    targets+=("${target%.cc}")
  done
fi
for target in "${targets[@]}"; do
  if [[ ! -e tests/fuzz/fuzz_$target.cc ]]; then
    printf 'unknown target: %s\n' "$target" >&2
    exit 2
  fi
done
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  usage >&2
  exit 2
fi

((install == 0)) || deploy/install-packages.sh build test fuzz

configure=()
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
# Debian's modules are visible to Debian's interpreter only.
if [[ -x /usr/bin/python3 ]]; then
  configure+=(-DPython3_EXECUTABLE=/usr/bin/python3)
fi
cmake --preset fuzz "${configure[@]}"
cmake --build --preset fuzz

# The files of ledgers are temporary, so they are kept in memory if possible.
scratch=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch
export UBSAN_OPTIONS=print_stacktrace=1

run_target() {
  local finds=build/fuzz/corpus/$1 log=build/fuzz/$1.log options=()
  mkdir -p "$finds" build/fuzz/findings
  if [[ -e tests/fuzz/$1.dict ]]; then
    options+=("-dict=tests/fuzz/$1.dict")
  fi
  printf '\n=== %s for %s s\n' "$1" "$seconds"
  # A head may have 16 KiB, and the exporter must refuse more, so inputs may be longer.
  if "build/fuzz/bin/fuzz_$1" "$finds" "tests/fuzz/corpus/$1" "${options[@]}" \
    -max_total_time="$seconds" -max_len=20000 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/findings/$1." -print_final_stats=1 >"$log" 2>&1; then
    return 0
  fi
  tail -n 60 "$log"
  return 1
}

figure_of() { sed -n "s/.*$2 *\([0-9]*\).*/\1/p" "build/fuzz/$1.log" | tail -n 1; }

summary=()
failed=0
for target in "${targets[@]}"; do
  verdict=passed
  if ! run_target "$target"; then
    failed=1
    verdict=FAILED
  fi
  summary+=("$(printf '%-13s %s  %9s executions  %5s edges covered' "$target" "$verdict" \
    "$(figure_of "$target" number_of_executed_units:)" "$(figure_of "$target" cov:)")")
  if [[ $verdict == FAILED ]]; then
    summary+=("$(sed -n "s|.*Test unit written to \(.*\)|  replay: build/fuzz/bin/fuzz_$target \1|p" \
      "build/fuzz/$target.log")")
  fi
done
printf '\n=== summary\n'
printf '%s\n' "${summary[@]}"
exit "$failed"
