#!/usr/bin/env bash
# Builds the release preset and measures the exporter beside other servers: see system_bench.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
usage: tests/bench/run.sh [--smoke] [--only NAME]... [--micro] [--out DIR] [--no-install] [--help]

  --smoke       tiny sizes: whether it works at all
  --only NAME   one part: unchanged, changed, first_refresh, memory or growth
  --micro       the micro-benchmarks instead
  --out DIR     where results.json and plots go, build/bench by default
  --no-install  do not install missing packages
TEXT
}

install=1
micro=0
out=build/bench
arguments=()
while (($# > 0)); do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --smoke) arguments+=(--smoke) ;;
    --micro) micro=1 ;;
    --no-install) install=0 ;;
    --only | --out)
      if (($# < 2)); then
        printf 'tests/bench/run.sh: %s needs a value\n' "$1" >&2
        usage >&2
        exit 2
      fi
      if [[ $1 == --out ]]; then out=$2; else arguments+=(--only "$2"); fi
      shift
      ;;
    *)
      printf 'tests/bench/run.sh: what is %s?\n' "$1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
if ((micro)) && ((${#arguments[@]} > 0)); then
  printf 'tests/bench/run.sh: --micro cannot be combined with --smoke or --only\n' >&2
  exit 2
fi

if ((install)); then
  deploy/install-packages.sh build test bench
fi

# The quick start may have configured this preset without tests.
configure=(-DBUILD_TESTING=ON)
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
python=python3
# Debian's modules are visible to Debian's interpreter only.
if [[ -x /usr/bin/python3 ]]; then
  python=/usr/bin/python3
  configure+=(-DPython3_EXECUTABLE="$python")
fi
cmake --preset release "${configure[@]}"

mkdir -p "$out"
if ((micro)); then
  if ! cmake --build --preset release --target micro_bench; then
    printf 'tests/bench/run.sh: cannot build the micro-benchmarks; they need libbenchmark-dev\n' >&2
    exit 1
  fi
  exec build/release/bin/micro_bench --benchmark_out="$out/micro.json"
fi
cmake --build --preset release --target xplenty_exporter system_bench_programs
XPLENTY_BIN_DIR="build/release/bin" PYTHONDONTWRITEBYTECODE=1 \
  exec "$python" tests/bench/system_bench.py --out "$out" --work build/bench "${arguments[@]}"
