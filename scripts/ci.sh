#!/usr/bin/env bash
# Runs make targets one after the other, with a heading before each and the
# times at the end. Stops at the first that fails.
#
# usage: scripts/ci.sh TARGET...
set -euo pipefail

cd "$(dirname "$0")/.."
make=${MAKE:-make}
# The newcomer's clone holds the tests that the step "test" has run already, and
# a short fuzz run is enough to see that no target fails at once.
export NEWCOMER_SKIP_TEST="${NEWCOMER_SKIP_TEST:-1}"
export FUZZTIME="${CI_FUZZTIME:-3s}"

# Shown whether all steps passed or one did not.
times=()
report() {
  local status=$?
  printf '\n=== times\n'
  if [ "${#times[@]}" -gt 0 ]; then printf '%s\n' "${times[@]}"; fi
  printf '  %-12s %4d s\n' together "$SECONDS"
  if [ "$status" -ne 0 ]; then printf '=== FAILED: %s\n' "${step:-}"; fi
}
trap report EXIT

for step in "$@"; do
  printf '\n=== %s\n' "$step"
  start=$SECONDS
  "$make" --no-print-directory "$step"
  took=$((SECONDS - start))
  times+=("$(printf '  %-12s %4d s' "$step" "$took")")
  printf -- '=== %s took %d s\n' "$step" "$took"
done
