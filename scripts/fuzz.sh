#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME each (10s unless told), or those of the
# packages that are named, of which FUZZ (a regular expression) names some. Go fuzzes
# one target at a time, so the targets are listed first.
#
# usage: scripts/fuzz.sh [PACKAGE...]
set -euo pipefail

cd "$(dirname "$0")/.."
fuzztime=${FUZZTIME:-10s}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# One run of a target. Its output goes to the log as well as to the screen; the
# loop's list of targets must not become its input.
fuzz() {
  go test -run '^$' -fuzz "^$2\$" -fuzztime "$fuzztime" -fuzzminimizetime 10x "$1" 2>&1 </dev/null | tee "$log"
}

# "go test -list" prints the names of a package's targets, then the package.
[ "$#" -gt 0 ] || set -- ./...
targets=$(go test -list "${FUZZ:-^Fuzz}" "$@" | awk '
  /^Fuzz/ { names[++n] = $1 }
  $1 == "ok" { for (i = 1; i <= n; i++) print $2, names[i]; n = 0 }
')
if [ -z "$targets" ]; then
  echo "No fuzz targets found."
  exit 1
fi

while read -r package target; do
  echo "--- $target ($package), $fuzztime"
  fuzz "$package" "$target" && continue
  # Up to Go 1.26 a run can fail because its own time is up, with no input to
  # blame: a race in Go's fuzzing. That, and nothing else, gets a second try.
  if grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
    echo "--- $target ran into its own deadline without a failing input: once more"
    fuzz "$package" "$target" && continue
  fi
  exit 1
done <<<"$targets"
