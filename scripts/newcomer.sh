#!/usr/bin/env bash
# Goes the way of somebody who has Go and nothing else: a fresh clone, empty
# caches, the two commands of the README, and a program of their own.
#
# NEWCOMER_SKIP_TEST=1   leaves "make test" out (where it has just been run)
# NEWCOMER_DEMO_SECONDS  how long the demo may take, with all downloads (90)
set -euo pipefail

cd "$(dirname "$0")/.."
root=$(pwd -P)
demo_limit=${NEWCOMER_DEMO_SECONDS:-90}
module_limit=4

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
clone=$home/qismo

fail() {
  echo "newcomer: $*" >&2
  exit 1
}

# What is committed is what a newcomer gets. Without a commit to clone, the tree.
if [ "$(git rev-parse --show-toplevel 2>/dev/null || true)" = "$root" ] &&
  head=$(git rev-parse --verify --quiet HEAD) &&
  git clone --quiet --no-hardlinks "$root" "$clone" 2>/dev/null; then
  git -C "$clone" checkout --quiet --detach "$head"
  echo "--- a fresh clone of ${head:0:12}"
  if [ -n "$(git status --porcelain)" ]; then
    echo "    (changes that are not committed are not part of it)"
  fi
else
  rm -rf "$clone"
  scripts/copy-tree.sh "$clone"
  echo "--- a fresh copy of the tree (there is no commit to clone)"
fi

# -modcacherw lets the cache be deleted afterwards. A newcomer has no reference
# samples, and make's own variables would tell the inner make about the outer.
GOFLAGS="$(go env GOFLAGS) -modcacherw"
export GOFLAGS GOMODCACHE="$home/modules" GOCACHE="$home/build"
unset QISMO_SAMPLES MAKEFLAGS MAKELEVEL MFLAGS

# timed NAME COMMAND...: runs the command in the clone, leaves its time in $took.
timed() {
  local name=$1 start=$SECONDS
  shift
  echo "--- $name"
  (cd "$clone" && "$@") || fail "$name failed"
  took=$((SECONDS - start))
  echo "--- $name took $took s"
}

# A demo that never ends must not hang the check where there is a way to stop it.
stop=()
if command -v timeout >/dev/null; then stop=(timeout "$((demo_limit + 30))"); fi
timed "make demo" ${stop[@]+"${stop[@]}"} make demo
[ "$took" -le "$demo_limit" ] || fail "make demo took $took s, more than $demo_limit s"

if [ "${NEWCOMER_SKIP_TEST:-}" = 1 ]; then
  echo "--- make test is left out (NEWCOMER_SKIP_TEST=1)"
else
  timed "make test" make test
fi

echo "--- a program of one's own"
program=$home/program
mkdir "$program"
cd "$program"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/qismo-go/qismo/pkg/qismo"
)

func main() {
	client, err := qismo.New(qismo.WithSecretKey("example-app", "example-secret"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%T\n", client)
}
GO
go mod init example.com/newcomer 2>/dev/null
go mod edit -require=github.com/qismo-go/qismo@v0.0.0 -replace="github.com/qismo-go/qismo=$clone"
go mod tidy
go run . || fail "the program does not build or run"

# Each line of a require block is one module; a block's bounds are not.
modules=$(awk '/^require \(/ { block = 1; next } /^\)/ { block = 0 }
  block && NF { print $1 } /^require [^(]/ { print $2 }' go.mod)
count=$(printf '%s\n' "$modules" | grep -c .)
printf 'it requires %d modules:\n%s\n' "$count" "$modules"
[ "$count" -le "$module_limit" ] || fail "more than $module_limit modules in go.mod"

packages=$(go list -deps .)
if heavy=$(printf '%s\n' "$packages" | grep -E '/kin-openapi(/|$)|/jsonschema(/|$)'); then
  printf '%s\n' "$heavy"
  fail "a program that imports only pkg/qismo must not link these"
fi
echo "--- newcomer: all well"
