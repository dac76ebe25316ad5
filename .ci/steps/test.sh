#!/usr/bin/env bash
# The README's own test command, word for word, with a real PostgreSQL behind TEST_DATABASE_URL: the fenced block that follows
# the line `<!-- ci:test -->`. README and CI cannot drift apart.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

command=$(awk '
  /^<!-- ci:test -->/ { marked = 1; next }
  marked && /^```/    { if (inside) exit; inside = 1; next }
  inside              { print }
' README.md)
if [[ -z $command ]]; then
  echo "README.md has no fenced block after a line <!-- ci:test -->" >&2
  exit 1
fi

TEST_DATABASE_URL=$(.ci/postgres start "$CI_DIR/postgres")
export TEST_DATABASE_URL
echo "\$ $command"
bash -euo pipefail -c "$command" 2>&1 | tee "$CI_DIR/test.log"
if ! grep -qE '\b[1-9][0-9]* passed' "$CI_DIR/test.log"; then
  echo "no test was run" >&2
  exit 1
fi
