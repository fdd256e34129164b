#!/usr/bin/env bash
# Runs the conformance tests: they hold the documents and the generated types
# against reference samples, and the list of operations against reference tables.
# These are no part of the repository and are never copied into it; QISMO_SAMPLES
# says where the samples lie, QISMO_FACTS where the tables.
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

# Absolute, because each package's tests run in the package's own folder. The
# tables of all operations lie beside the samples.
QISMO_SAMPLES=$(cd "$samples" && pwd)
QISMO_FACTS=${QISMO_FACTS:-$(cd "$samples/../api" && pwd)}
export QISMO_SAMPLES QISMO_FACTS

# A renamed test must not turn the check into one that passes by running none.
tests=$(go test -tags conformance -list Conformance ./...)
if ! grep -q '^Test' <<<"$tests"; then
  echo "No test has Conformance in its name: nothing would be checked."
  exit 1
fi
go test -tags conformance -count=1 -run Conformance ./...
