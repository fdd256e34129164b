#!/usr/bin/env bash
# Runs the benchmarks and sets their variants side by side.
#
# A benchmark names its variants as key=value: BenchmarkGetRoom/client=qismo,
# BenchmarkGetRoom/client=nethttp. Each key gets tables of its own, with one
# column for each value; the first column is what the others are compared with.
#
# BENCH        which benchmarks (a regular expression; all)
# BENCH_COUNT  how often each runs (6, the least that gives a confidence)
# BENCH_TIME   how long each runs (Go's default, 1s)
# BENCH_OUT    where the raw results go (a temporary file)
set -euo pipefail

cd "$(dirname "$0")/.."
: "${BENCHSTAT:?the benchstat command, as the Makefile pins it}"
: "${PRISM_INSTALLED:?what make installs Prism by}"
keys="client handler parser queue remember server source type store"

# Prism comes from npm. Whoever has none, or measures something else, does without it.
if grep -qE "${BENCH:-.}" <<<BenchmarkServer; then
  if command -v npm >/dev/null; then
    "${MAKE:-make}" --no-print-directory "$PRISM_INSTALLED"
    QISMO_PRISM=$(pwd)/${PRISM_INSTALLED%/*}/.bin/prism
    export QISMO_PRISM
  else
    echo "--- Prism is left out of BenchmarkServer: it comes from npm, which is not here."
  fi
fi

out=${BENCH_OUT:-}
if [ -z "$out" ]; then
  out=$(mktemp)
  trap 'rm -f "$out"' EXIT
fi

# One package after the other: benchmarks that run side by side measure each
# other. And round after round, not each benchmark many times in a row: a machine
# that slows down then slows all variants down. Everything reaches the file, the
# screen only what is worth watching.
for ((round = 1; round <= ${BENCH_COUNT:-6}; round++)); do
  echo "--- round $round of ${BENCH_COUNT:-6}"
  go test -p 1 -run '^$' -bench "${BENCH:-.}" -benchmem -count 1 \
    ${BENCH_TIME:+-benchtime "$BENCH_TIME"} ./... | tee -a "$out" | { grep -E '^(Benchmark|---|FAIL|panic)' || true; }
done
if ! grep -q '^Benchmark' "$out"; then
  echo "No benchmarks found."
  exit 1
fi

# table FILTER COLUMNS. The machine is named once above all tables, and the
# package does not matter to whoever compares, so neither splits the tables.
table() {
  $BENCHSTAT -table '' -ignore pkg -filter "$1" -col "$2" "results=$out"
}

echo
grep -E '^(goos|goarch|cpu):' "$out" | sort -u
others='*'
for key in $keys; do
  grep -qE "^Benchmark[^[:space:]]*/$key=" "$out" || continue
  printf '\n=== side by side: %s ===\n' "$key"
  table "/$key:/./" "/$key"
  others="$others -/$key:/./"
done
if grep -vE "/(${keys// /|})=" "$out" | grep -c '^Benchmark' >/dev/null; then
  printf '\n=== the others ===\n'
  table "$others" .file
fi
