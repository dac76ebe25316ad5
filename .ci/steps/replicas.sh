#!/usr/bin/env bash
# Two replicas start at the same moment on one empty PostgreSQL: one schema, one signing key, both answer, both end on SIGTERM.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/interop/lib.sh

dir=$(mktemp -d)
pids=()
trap 'stop "${pids[@]}" || true; rm -rf "$dir"' EXIT

if [[ ! -d $CI_DIR/postgres ]]; then .ci/postgres start "$CI_DIR/postgres" >/dev/null; fi
DATABASE_URL=$(.ci/postgres database "$CI_DIR/postgres" replicas)
PASSERELLE_MASTER_KEY=$(openssl rand -base64 32)
first=127.0.0.1:$(free_port) second=127.0.0.1:$(free_port)
PUBLIC_URL=http://$first
export DATABASE_URL PASSERELLE_MASTER_KEY PUBLIC_URL

for address in "$first" "$second"; do
  "$PASSERELLE" serve --bind "$address" >"$dir/$address" 2>&1 </dev/null &
  pids+=($!)
done
wait_ready "http://$first/health/ready" "${pids[0]}" "$dir/$first"
wait_ready "http://$second/health/ready" "${pids[1]}" "$dir/$second"

python3 - "http://$first" "http://$second" <<'PY'
import json, sys, urllib.error, urllib.request

def keys(base):
    with urllib.request.urlopen(base + "/.well-known/jwks.json", timeout=10) as answer:
        return sorted(json.load(answer)["keys"], key=lambda key: key["kid"])

first, second = map(keys, sys.argv[1:])
assert len(first) == 1, f"one signing key expected: {[key['kid'] for key in first]}"
assert first == second, "the replicas publish different keys"
assert "d" not in first[0], "a private key is published"
for base in sys.argv[1:]:
    try:
        urllib.request.urlopen(base + "/v1/conventions", timeout=10)
        sys.exit(f"{base} answers without a token")
    except urllib.error.HTTPError as error:
        assert error.code == 401, error.code
print("one signing key, published by both:", first[0]["kid"])
PY
"$PASSERELLE" migrate --check
for pid in "${pids[@]}"; do
  if ! stop "$pid"; then
    echo "SIGTERM ended a replica badly" >&2
    tail -n 30 "$dir"/* >&2
    exit 1
  fi
done
pids=()
