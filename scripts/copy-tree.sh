#!/usr/bin/env bash
# Copies the source tree into an empty folder: what git tracks or would track,
# as it stands now, without what .gitignore names. Outside a git checkout (an
# unpacked archive), everything but the linters' packages.
#
# usage: scripts/copy-tree.sh DESTINATION
set -euo pipefail

destination=${1:?usage: copy-tree.sh DESTINATION}
mkdir -p "$destination"
destination=$(cd "$destination" && pwd)
cd "$(dirname "$0")/.."

# The top level must be this folder: an unpacked archive may lie inside another
# project's checkout, where git would list nothing of ours.
if [ "$(git rev-parse --show-toplevel 2>/dev/null || true)" = "$(pwd -P)" ]; then
  # A file that was deleted but not yet committed is still listed: skip it.
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do
      if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
    done | tar -cf - --null -T - | tar -xf - -C "$destination"
else
  tar -cf - --exclude=.git --exclude=node_modules . | tar -xf - -C "$destination"
fi
