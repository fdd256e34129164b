#!/usr/bin/env bash
# Goes the way of somebody who has Go and nothing else: a fresh clone, empty
# caches, the two commands of the README, its bot, word by word, and a program of
# their own. The bot needs the README's ports, 7080 and 8080.
#
# NEWCOMER_SKIP_TEST=1   leaves "make test" out (where it has just been run)
# NEWCOMER_DEMO_SECONDS  how long the demo may take, with all downloads (90)
set -euo pipefail

cd "$(dirname "$0")/.."
root=$(pwd -P)
demo_limit=${NEWCOMER_DEMO_SECONDS:-90}
module_limit=4

home=$(mktemp -d)
clone=$home/qismo
# The README's commands leave a bot running if they fail. They, and it, are one
# process group, whose number is that of its first process.
readme_group=
clean() {
  if [ -n "$readme_group" ]; then kill -KILL -- "-$readme_group" 2>/dev/null || true; fi
  rm -rf "$home"
}
trap clean EXIT

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
unset QISMO_SAMPLES QISMO_FACTS MAKEFLAGS MAKELEVEL MFLAGS

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

# readme_section: the section of the README about a bot.
readme_section() {
  awk '/^```/ { code = !code } !code && /^## / { inside = $0 == "## A bot that answers" } inside' "$clone/README.md"
}

# readme_commands: its shell blocks as they stand, and its Go block as main.go.
readme_commands() {
  readme_section | awk '
    !/^```/ { if (kind == "```sh" || kind == "```go") print; next }
    kind == "" { kind = $0; if (kind == "```go") print "cat >main.go <<\"END OF THE PROGRAM\""; next }
    { if (kind == "```go") print "END OF THE PROGRAM"; kind = "" }'
}

# readme_output: its block without a language, which shows what is printed.
readme_output() {
  readme_section | awk '/^```/ { kind = kind == "" ? $0 : ""; next } kind == "```"'
}

# Follows the README's section on a bot, as a customer who writes two lines.
readme_bot() {
  local port line status=0 answers=$home/answers
  for port in 7080 8080; do
    # A connection that succeeds means that somebody listens there.
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      fail "port $port, which the README's bot needs, is taken"
    fi
  done
  readme_commands >"$home/commands.sh"
  readme_output >"$home/output"
  if ! grep -q chat "$home/commands.sh" || [ ! -s "$home/output" ]; then
    fail "the README's section on a bot was not found"
  fi
  printf '%s\n' halo 'apa kabar' >"$home/lines"
  set -m # a process group of its own for what comes next
  (cd "$clone" && exec bash -euo pipefail "$home/commands.sh") <"$home/lines" >"$answers" 2>&1 &
  readme_group=$!
  set +m
  wait "$readme_group" || status=$?
  cat "$answers"
  [ "$status" -eq 0 ] || fail "the README's commands for a bot fail (status $status)"
  while IFS= read -r line; do
    grep -qxF -- "$line" "$answers" || fail "the README promises this line, which was not printed: $line"
  done <"$home/output"
  for line in 'bot: You wrote: halo' 'bot: You wrote: apa kabar'; do
    grep -qxF -- "$line" "$answers" || fail "the README's bot did not answer: $line"
  done
  if kill -0 -- "-$readme_group" 2>/dev/null; then
    # Its end may take a moment: what still runs after some seconds was left over.
    for _ in 1 2 3 4 5; do sleep 1; kill -0 -- "-$readme_group" 2>/dev/null || break; done
    if kill -0 -- "-$readme_group" 2>/dev/null; then fail "the README's commands leave a process running"; fi
  fi
  readme_group=
}
echo "--- the README's bot"
readme_bot

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
if heavy=$(printf '%s\n' "$packages" | grep -E '/kin-openapi(/|$)|/jsonschema(/|$)|^go\.opentelemetry\.io/'); then
  printf '%s\n' "$heavy"
  fail "these must not be linked by a program that takes pkg/qismo alone"
fi
echo "--- newcomer: all well"
