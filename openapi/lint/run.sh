#!/usr/bin/env bash
# Lint the OpenAPI documents: `openapi/lint/run.sh [document…]`, by default those of openapi/.
# The linter is an npm package at the version of package-lock.json; without npm nothing is checked.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v npm >/dev/null 2>&1; then
  echo "Skipped the lint of the OpenAPI documents: it needs npm (Debian: apt-get install npm)."
  exit 0
fi
if [ package-lock.json -nt node_modules/.installed ]; then
  npm ci --silent --no-audit --no-fund --ignore-scripts
  touch node_modules/.installed
fi
[ $# -gt 0 ] || set -- ../*.yaml
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
node_modules/.bin/redocly lint --config redocly.yaml --max-problems 100 "$@"
