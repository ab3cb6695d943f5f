#!/usr/bin/env bash
# Everything that has to hold before a change is merged: the checks that read the code, then all tests on both
# databases and in a real browser. Says at the end, loudly, what could not be run here.
#
# Arguments are given to pytest: scripts/test.sh tests/reviews -k stage, or -m assurance for the long ones
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

# In continuous integration a missing database or browser ends the run here.
services=$("$bin/python" scripts/test_services.py) || exit 1
eval "$services"

scripts/lint.sh
lint=$?
"$bin/pytest" -n 2 -m "not assurance" "$@"
tests=$?

echo
[ $lint -eq 0 ] || echo "LINT: something to change, see above the tests."
[ -n "${THROUGHLINE_TEST_POSTGRES:-}" ] || echo "NOT RUN: everything that needs PostgreSQL."
[ -n "${THROUGHLINE_TEST_CHROMIUM:-}" ] || echo "NOT RUN: everything that needs a browser, accessibility included."
[ $lint -eq 0 ] && [ $tests -eq 0 ]
