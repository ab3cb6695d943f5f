#!/usr/bin/env bash
# Every check that reads the code without running it. All of them run, so that one visit shows everything.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
python_files=(app migrations scripts tests)
[ -d benchmarks ] && python_files+=(benchmarks)
refused=()

check() {
    echo "== $*"
    "$bin/$@" || refused+=("$*")
}

check ruff check "${python_files[@]}"
check ruff format --check "${python_files[@]}"
check mypy
check lint-imports
check djlint --quiet --lint templates

# Half a merge in a document passes every other check.
echo "== marks of a merge"
git grep -nE '^(<{7}|>{7})( |$)' && refused+=("marks of a merge")

if [ ${#refused[@]} -gt 0 ]; then
    printf 'Something to change, see above: %s\n' "${refused[@]}"
    exit 1
fi
