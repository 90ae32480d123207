#!/usr/bin/env bash
# Writes the dashboards from their sources in src/. A test fails if the two differ.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

jsonnet -m "${1:-.}" -e '(import "src/dashboards.libsonnet")(import "src/config.libsonnet")' >/dev/null
