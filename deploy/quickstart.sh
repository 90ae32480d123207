#!/usr/bin/env bash
# Shows the running exporter: installs missing packages, builds, starts, and prints where to look.
# shellcheck disable=SC2317  # functions called by traps and by wait_for
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: deploy/quickstart.sh [--once] [--with-prometheus] [--bin-dir DIR]

Starts the exporter on http://127.0.0.1:10740 (or on a free port) until Ctrl-C. Without an account
it reads a simulator of the API, which is started too. To read the real API, set
  XPLENTY_ACCOUNT_ID, and XPLENTY_API_KEY or XPLENTY_API_KEY_FILE
The ledger is then kept in ./data.

  --once             print one exposition to stdout, then stop
  --with-prometheus  start a Prometheus too, which scrapes it every 5 seconds
  --bin-dir DIR      use the binaries in DIR; install and build nothing
TEXT
}

once=
with_prometheus=
bin=
while (($# > 0)); do
  case $1 in
    --once) once=1 ;;
    --with-prometheus) with_prometheus=1 ;;
    --bin-dir)
      if (($# < 2)); then
        usage >&2
        exit 2
      fi
      bin=$2
      shift
      ;;
    --bin-dir=*) bin=${1#*=} ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { printf 'quickstart: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Only processes that this script started are stopped, by pid, the last one first.
pids=()
temp=
cleanup() {
  trap '' INT TERM HUP
  local i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill -TERM "${pids[i]}" 2>/dev/null || continue
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "${pids[i]}" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  [[ -z $temp ]] || rm -rf "$temp"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
temp=$(mktemp -d)

# Sends one GET without curl: the body goes to stdout. Fails unless the status is 200.
http_get() {  # PORT PATH
  local status line
  {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
  } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nAccept: text/plain\r\nConnection: close\r\n\r\n' \
    "$2" "$1" >&3
  read -r -t 15 _ status _ <&3 || status=
  while read -r -t 15 line <&3 && [[ -n ${line%$'\r'} ]]; do :; done
  [[ $status != 200 ]] || timeout 15 cat <&3
  exec 3<&- 3>&-
  [[ $status == 200 ]]
}

# Waits until COMMAND succeeds, at most SECONDS, and only while the process PID runs.
wait_for() {  # WHAT SECONDS PID LOG COMMAND...
  local what=$1 deadline=$((SECONDS + $2)) pid=$3 log=$4 shown=$SECONDS
  shift 4
  until "$@"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 20 "$log" >&2
      fail "stopped while waiting for $what; its log is above"
    fi
    if ((SECONDS >= deadline)); then
      tail -n 20 "$log" >&2
      fail "gave up waiting for $what; the log is above"
    fi
    if ((SECONDS >= shown + 5)); then
      shown=$SECONDS
      say "waiting for $what"
    fi
    sleep 0.2
  done
}

# The port in the first log line about listening, as port 0 makes the program choose one.
logged_port() {  # LOG
  local port
  port=$(sed -nE '/Listening on/s/.*address="?[^ "]*:([0-9]+).*/\1/p' "$1" | head -n 1)
  [[ -n $port ]] && printf '%s\n' "$port"
}
has_port() { logged_port "$1" >/dev/null; }
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
is_ready() { http_get "$1" /-/ready >/dev/null; }
scrape_is_up() {  # PORT
  http_get "$1" /metrics >"$temp/metrics" && grep -qE '^xplenty_up(\{[^}]*\})? 1(\.0)?$' "$temp/metrics"
}
has_sample() {  # PROMETHEUS_PORT
  http_get "$1" '/api/v1/query?query=xplenty_up' | grep '"value"' >/dev/null
}

if [[ -z $bin ]]; then
  deploy/install-packages.sh build
  # All output of the build goes to stderr: stdout belongs to --once.
  configure=(--preset release -DBUILD_TESTING=OFF)
  if command -v ccache >/dev/null; then
    configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_UNITY_BUILD=OFF)
  else
    configure+=(-DCMAKE_UNITY_BUILD=ON)
  fi
  cmake "${configure[@]}" >"$temp/configure.log" 2>&1 || {
    cat "$temp/configure.log" >&2
    fail "configuring failed"
  }
  say "building (minutes the first time, seconds after that)"
  cmake --build --preset release --target xplenty_exporter xplenty_simulator >&2
  bin=build/release/bin
fi

storage=data
if [[ -n ${XPLENTY_ACCOUNT_ID-} && -n ${XPLENTY_API_KEY-}${XPLENTY_API_KEY_FILE-} ]]; then
  say "reading account $XPLENTY_ACCOUNT_ID of the real API; the ledger is in ./data"
else
  if [[ -n ${XPLENTY_ACCOUNT_ID-}${XPLENTY_API_KEY-}${XPLENTY_API_KEY_FILE-} ]]; then
    fail "set XPLENTY_ACCOUNT_ID and one of XPLENTY_API_KEY and XPLENTY_API_KEY_FILE, or neither"
  fi
  "$bin/xplenty_simulator" --listen-address=127.0.0.1:0 --speed=60 </dev/null >&2 2>"$temp/simulator.log" &
  pids+=($!)
  wait_for "the simulator" 30 "$!" "$temp/simulator.log" has_port "$temp/simulator.log"
  export XPLENTY_ACCOUNT_ID=demo XPLENTY_API_KEY=demo-key
  XPLENTY_API_URL=http://127.0.0.1:$(logged_port "$temp/simulator.log")
  export XPLENTY_API_URL
  say "no account given: a simulator is the API at $XPLENTY_API_URL, with a clock sixty times as fast"
  storage=$temp/ledger
  mkdir "$storage"
fi

listen=127.0.0.1:10740
if [[ -n $once ]] || port_is_taken 10740; then
  listen=127.0.0.1:0
fi
"$bin/xplenty_exporter" --web.listen-address="$listen" --storage.path="$storage" --log.format=logfmt \
  </dev/null >&2 2>"$temp/exporter.log" &
exporter=$!
pids+=("$exporter")
wait_for "the exporter" 30 "$exporter" "$temp/exporter.log" has_port "$temp/exporter.log"
port=$(logged_port "$temp/exporter.log")
wait_for "its first refresh" 120 "$exporter" "$temp/exporter.log" is_ready "$port"
wait_for "a scrape with xplenty_up 1" 60 "$exporter" "$temp/exporter.log" scrape_is_up "$port"

if [[ -n $once ]]; then
  cat "$temp/metrics"
  exit 0
fi

{
  printf '\n'
  # A human wants to see a few samples of each, without histograms and zeros.
  for family in up api_rate_limit_remaining jobs jobs_finished_total job_output_records_total \
    job_progress_ratio package_last_success_timestamp_seconds package_consecutive_failures; do
    grep -E "^xplenty_${family}[{ ]" "$temp/metrics" | grep -v ' 0$' | head -n 3 || true
  done
  printf '\n  status page  http://127.0.0.1:%s/\n  metrics      http://127.0.0.1:%s/metrics (%s lines)\n' \
    "$port" "$port" "$(wc -l <"$temp/metrics")"
} >&2

if [[ -n $with_prometheus ]]; then
  deploy/install-packages.sh prometheus
  # The config finds the rules by a relative path, so they are copied beside it.
  cp -r deploy/prometheus/rules "$temp/rules"
  sed -e "s/localhost:10740/127.0.0.1:$port/" \
    -e 's/scrape_interval: .*/scrape_interval: 5s/; s/scrape_timeout: .*/scrape_timeout: 4s/' \
    -e 's/evaluation_interval: .*/evaluation_interval: 5s/' \
    deploy/prometheus/prometheus.yml >"$temp/prometheus.yml"
  # Prometheus does not print the port that it gets for port 0.
  prometheus_port=9090
  while port_is_taken "$prometheus_port"; do
    prometheus_port=$((prometheus_port + 1))
  done
  prometheus --config.file="$temp/prometheus.yml" --storage.tsdb.path="$temp/tsdb" \
    --web.listen-address="127.0.0.1:$prometheus_port" --enable-feature=exemplar-storage \
    </dev/null >&2 2>"$temp/prometheus.log" &
  pids+=($!)
  wait_for "Prometheus" 60 "$!" "$temp/prometheus.log" is_ready "$prometheus_port"
  wait_for "its first scrape" 60 "$!" "$temp/prometheus.log" has_sample "$prometheus_port"
  printf '  Prometheus   http://127.0.0.1:%s/graph?g0.expr=%s&g0.tab=0&g0.range_input=15m\n' \
    "$prometheus_port" 'sum%20by%20(status)%20(xplenty_jobs)' >&2
  printf '  alerts       http://127.0.0.1:%s/alerts\n' "$prometheus_port" >&2
fi
say "running; Ctrl-C stops it"

# If one of the processes ends by itself, the script ends the others.
wait -n "${pids[@]}" || true
tail -n 20 "$temp"/*.log >&2
fail "one of the processes ended by itself; the logs are above"
