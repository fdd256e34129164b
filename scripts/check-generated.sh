#!/usr/bin/env bash
# Proves that what is generated belongs to what it is generated from: generates
# everything again in a temporary copy and fails on any difference. The working
# tree is only read.
set -euo pipefail

cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

scripts/copy-tree.sh "$scratch/before"
cp -R "$scratch/before" "$scratch/after"
cd "$scratch/after"

# Take the generated files away first, so that one which nothing generates any
# more shows up as missing instead of passing as unchanged.
if [ -d gen ]; then
  find gen -name '*.go' -exec grep -qE '^// Code generated .* DO NOT EDIT\.$' {} \; -exec rm {} +
fi
rm -f docs/operations.md docs/chat-operations.md
# These are embedded, so there have to be some.
for pieces in internal/document/*.pieces; do : >"$pieces"; done

# The copy is no checkout of its own: Go must not look for its version there.
GOFLAGS="$(go env GOFLAGS) -buildvcs=false" go generate ./...

cd "$scratch"
if ! diff -ru before after; then
  echo
  echo "Generated files are out of date (- is what the tree has, + what it should have)."
  echo "Run 'make generate' and commit the result; never edit a generated file."
  exit 1
fi
echo "Generated files are up to date."
