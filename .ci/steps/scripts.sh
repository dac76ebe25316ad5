#!/usr/bin/env bash
# The shell and Python of this repository: shellcheck, and that Python compiles.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/interop/lib.sh
need shellcheck shellcheck

mapfile -t shell < <(git grep --untracked -lE '^#!.*\bbash|^# shellcheck shell' -- .ci tests/interop)
mapfile -t python < <(git ls-files --cached --others --exclude-standard '.ci/*.py' 'tests/interop/*.py')
shellcheck --external-sources --source-path=SCRIPTDIR:. "${shell[@]}"
python3 - "${python[@]}" <<'PY'
import pathlib, sys
for name in sys.argv[1:]:
    compile(pathlib.Path(name).read_text(), name, "exec")
PY
echo "${#shell[@]} shell scripts, ${#python[@]} Python scripts"
