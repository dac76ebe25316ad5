#!/usr/bin/env bash
# The suite's PostgreSQL half with the service behind PgBouncer in transaction mode. The tests' own connections stay direct.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ -d $CI_DIR/postgres ]]; then .ci/postgres stop "$CI_DIR/postgres"; rm -rf "$CI_DIR/postgres"; fi
TEST_DATABASE_URL=$(.ci/postgres start "$CI_DIR/postgres")
TEST_POOLER_URL=$(.ci/pgbouncer start "$CI_DIR/postgres")
export TEST_DATABASE_URL TEST_POOLER_URL
trap '.ci/pgbouncer stop "$CI_DIR/postgres" || true' EXIT

cargo test --locked --test it postgresql 2>&1 | tee "$CI_DIR/pooler.log"
if ! grep -qE '\b[1-9][0-9]{2} passed' "$CI_DIR/pooler.log"; then
  echo "hardly any test was run" >&2
  exit 1
fi
# That they went through it is in its own statistics: transactions of the services' databases.
transactions=$(grep -oE 'stats: [0-9]+ xacts/s' "$CI_DIR/postgres/pgbouncer/log" | awk '{ sum += $2 } END { print sum + 0 }')
echo "PgBouncer saw $transactions transactions a second, summed over its minutes"
[[ $transactions -gt 0 ]]
