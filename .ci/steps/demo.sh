#!/usr/bin/env bash
# The README's first command: the demo starts from nothing, answers, and ends on SIGTERM.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/interop/lib.sh

dir=$(mktemp -d)
DEMO_PID=
trap '[[ -z $DEMO_PID ]] || stop "$DEMO_PID" || true; rm -rf "$dir"' EXIT

start_demo "$dir" cargo run --release --locked --quiet --
echo "demo at $DEMO_BASE_URL"
python3 .ci/steps/demo.py openapi/openapi.json

kill -TERM "$DEMO_PID" # `cargo run` has become the program
status=0
wait "$DEMO_PID" || status=$?
DEMO_PID=
if [[ $status -ne 0 ]]; then
  echo "SIGTERM ended the demo with $status" >&2
  exit 1
fi
