#!/usr/bin/env bash
# Lets Prism judge the documents of both APIs: as a mock server that the façade calls,
# and as a proxy between the façade and the sandbox. The tests start it and end it.
set -euo pipefail

cd "$(dirname "$0")/.."
QISMO_PRISM=$(pwd)/tools/openapi-conformance/node_modules/.bin/prism
export QISMO_PRISM

# A renamed test must not turn the check into one that passes by running none.
tests=$(go test -tags conformance -list '^TestPrism' ./internal/sandbox)
if ! grep -q '^Test' <<<"$tests"; then
  echo "No test has Prism in its name: nothing would be checked."
  exit 1
fi
go test -tags conformance -count=1 -timeout 3m -run '^TestPrism' ./internal/sandbox
