#!/usr/bin/env bash
# Fails when the tests of a package under pkg/, or of what all façades share, run
# less than COVERAGE percent of its statements (90 unless told). Each package is
# measured by its own tests: what another package's tests happen to run asserts
# nothing about this one.
set -euo pipefail

cd "$(dirname "$0")/.."
least=${COVERAGE:-90}

CGO_ENABLED=0 go test -cover ./pkg/... ./internal/job ./internal/paging ./internal/payload ./internal/transport ./internal/upload | tee >(cat >&2) | awk -v least="$least" '
  { for (i = 1; i <= NF; i++) if ($i ~ /%$/) { measured++; if ($i + 0 < least) { poor = poor " " $2 } } }
  /no test files|no statements/ { next }
  END {
    if (measured == 0) { print "No package was measured."; exit 1 }
    if (poor != "") { print "Less than " least " % of the statements are covered:" poor; exit 1 }
  }
'
