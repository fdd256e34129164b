#!/usr/bin/env bash
# Makes TypeScript types of the documents and compiles a program that uses them,
# to see that another language's generator can work with the documents.
set -euo pipefail

cd "$(dirname "$0")/.."
tools=tools/openapi-conformance
programs=$tools/node_modules/.bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for document in openapi webhooks chat; do
  "$programs/openapi-typescript" "api/$document.yaml" --output "$scratch/$document.ts"
done
cp "$tools/usage.ts" "$scratch/"
"$programs/tsc" --strict --noEmit --target es2022 --module esnext --moduleResolution bundler "$scratch/usage.ts"
echo "A TypeScript program that uses the types compiles."
