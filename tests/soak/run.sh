#!/usr/bin/env bash
# Builds one preset and tests the exporter over days of a simulated account: see soak.py and churn.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
usage: tests/soak/run.sh [--minutes N] [--seed N] [--preset dev|asan] [--help]
       tests/soak/run.sh --churn [--preset dev|release] [--help]

  --minutes N    how long, 60 by default; checkpoints come on top
  --seed N       of the account's jobs, the faults and the restarts; 1 by default
  --preset NAME  dev (default) or another
  --churn        30 days of 1,000 runs a day, each on its own cluster, instead
TEXT
}

minutes=60
seed=1
preset=dev
churn=0
while (($# > 0)); do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --churn) churn=1 ;;
    --minutes | --seed | --preset)
      if (($# < 2)); then
        usage >&2
        exit 2
      fi
      declare "${1#--}=$2"
      shift
      ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

configure=()
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
python=python3
# Debian's modules are visible to Debian's interpreter only.
if [[ -x /usr/bin/python3 ]]; then
  python=/usr/bin/python3
  configure+=(-DPython3_EXECUTABLE="$python")
fi
cmake --preset "$preset" "${configure[@]}"
cmake --build --preset "$preset" --target xplenty_exporter xplenty_simulator
export XPLENTY_BIN_DIR="build/$preset/bin" PYTHONDONTWRITEBYTECODE=1
if ((churn)); then
  exec "$python" tests/soak/churn.py
fi
exec "$python" tests/soak/soak.py --minutes "$minutes" --seed "$seed"
