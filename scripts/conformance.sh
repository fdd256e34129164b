#!/usr/bin/env bash
# Runs the conformance tests: they hold the documents and the generated types
# against reference samples. These samples are no part of the repository and
# are never copied into it; QISMO_SAMPLES says where they lie.
set -euo pipefail

cd "$(dirname "$0")/.."
samples=${QISMO_SAMPLES:-../shared/samples}

if [ ! -d "$samples" ]; then
  echo "No reference samples at '$samples' (QISMO_SAMPLES says where they lie)."
  if [ "${CI:-}" = true ]; then
    echo "A check that checks nothing must not pass: failing, because CI=true."
    exit 1
  fi
  echo "Nothing is checked."
  exit 0
fi

# Absolute, because each package's tests run in the package's own folder.
QISMO_SAMPLES=$(cd "$samples" && pwd)
export QISMO_SAMPLES

# A renamed test must not turn the check into one that passes by running none.
tests=$(go test -list Conformance ./...)
if ! grep -q '^Test' <<<"$tests"; then
  echo "No test has Conformance in its name: nothing would be checked."
  exit 1
fi
go test -count=1 -run Conformance ./...
