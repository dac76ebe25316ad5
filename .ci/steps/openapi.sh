#!/usr/bin/env bash
# The committed OpenAPI document is the one that the handlers make, and a linter finds no error in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

"$PASSERELLE" openapi --check openapi/openapi.json
tests/interop/openapi-lint/run openapi/openapi.json
