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

# The checks read the code while the first tests run, so that no processor waits; they speak after the tests.
said=$(mktemp)
scripts/lint.sh > "$said" 2>&1 &
"$bin/pytest" -n 2 --dist worksteal -m "not assurance" "$@"
tests=$?
wait $!
lint=$?

echo
cat "$said" && rm "$said"
echo
[ $lint -eq 0 ] || echo "LINT: something to change, see above."
[ -n "${THROUGHLINE_TEST_POSTGRES:-}" ] || echo "NOT RUN: everything that needs PostgreSQL."
[ -n "${THROUGHLINE_TEST_CHROMIUM:-}" ] || echo "NOT RUN: everything that needs a browser, accessibility included."
PATH="/usr/sbin:$PATH" command -v nginx > /dev/null || echo "NOT RUN: the example of the proxy, for want of nginx."
[ $lint -eq 0 ] && [ $tests -eq 0 ]
