#!/usr/bin/env bash
# Guards the documents against changes that break their users, since the last
# version that was tagged. oasdiff judges; that it does notice is proved first, by
# changes planted in a copy.
#
# What it does not notice: a change of the security that holds for the whole
# document, or of an operation that had it; members that begin with x-.
set -euo pipefail

cd "$(dirname "$0")/.."
# A function, because what OASDIFF holds is a command with arguments.
oasdiff() { ${OASDIFF:?says how to run oasdiff} "$@"; }
levels=tools/openapi-conformance/oasdiff-levels.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# broken_rest OLD NEW: prints what breaks callers, and succeeds if anything does.
broken_rest() {
  ! oasdiff breaking "$1" "$2" --format singleline --fail-on WARN --severity-levels "$levels"
}

# broken_webhooks OLD NEW: the same for receivers. oasdiff takes a webhook's body
# for what one sends, and judges the wrong way round: a body that may lack more
# than before is found by comparing backwards. An event or a member that is gone is
# found forwards.
broken_webhooks() {
  local found=1
  oasdiff breaking "$2" "$1" --format singleline --fail-on ERR --severity-levels "$levels" || found=0
  oasdiff breaking "$1" "$2" --format singleline >"$scratch/forwards"
  if grep -E '\[(webhook-removed|request-property-removed)\]' "$scratch/forwards"; then found=0; fi
  return "$found"
}

# broken_chat OLD NEW: the same for the chat server's document, which has calls and
# an event. Each version is cut in two, and either judge gets what is its own.
broken_chat() {
  local found=1 side version
  for version in "old $1" "new $2"; do
    side=${version%% *}
    sed '/^webhooks:/,/^components:/{/^components:/!d;}' "${version#* }" >"$scratch/calls-$side.yaml"
    sed '/^paths:/,/^webhooks:/{/^webhooks:/!d;}' "${version#* }" >"$scratch/events-$side.yaml"
  done
  if broken_rest "$scratch/calls-old.yaml" "$scratch/calls-new.yaml"; then found=0; fi
  if broken_webhooks "$scratch/events-old.yaml" "$scratch/events-new.yaml"; then found=0; fi
  return "$found"
}

# planted JUDGE OLD SED: applies the change to a copy and wants it to be found.
planted() {
  local judge=$1 old=$2
  sed "$3" "$old" >"$scratch/planted.yaml"
  if cmp -s "$old" "$scratch/planted.yaml"; then
    echo "breaking: the change that was to be planted changes nothing: $3" >&2
    exit 1
  fi
  # A rule is named, so that an oasdiff which does not run is not taken for one
  # that found something.
  if ! "$judge" "$old" "$scratch/planted.yaml" >"$scratch/said" 2>&1 || ! grep -qE '\[[a-z-]+\]' "$scratch/said"; then
    cat "$scratch/said" >&2
    echo "breaking: a planted change was not noticed: $3" >&2
    exit 1
  fi
}

planted broken_rest api/openapi.yaml 's|^  /api/v2/divisions:|  /api/v2/divisi:|'
planted broken_rest api/openapi.yaml '/^    ListDivisionsResponse:/,/required:/s/required: .data.$/required: []/'
planted broken_webhooks api/webhooks.yaml 's/^  userLogout:/  userLogin:/'
planted broken_webhooks api/webhooks.yaml '/^    PostComment:/,/required:/s/required: .payload.$/required: []/'
planted broken_chat api/chat.yaml 's|^  /api/v2.1/rest/create_room:|  /api/v2.1/rest/build_room:|'
planted broken_chat api/chat.yaml 's|^  /api/v2/sdk/sync:|  /api/v2/sdk/synchronise:|'
planted broken_chat api/chat.yaml '/^    ServerRoomResult:/,/required:/s/required: .room.$/required: []/'
planted broken_chat api/chat.yaml 's/^  postComment:/  commentPosted:/'
planted broken_chat api/chat.yaml '/^    PostCommentEvent:/,/required:/s/required: .type, payload.$/required: [type]/'
if broken_rest api/openapi.yaml api/openapi.yaml >"$scratch/said" ||
  broken_webhooks api/webhooks.yaml api/webhooks.yaml >>"$scratch/said" ||
  broken_chat api/chat.yaml api/chat.yaml >>"$scratch/said"; then
  cat "$scratch/said" >&2
  echo "breaking: a document is said to break with itself." >&2
  exit 1
fi
echo "Planted breaking changes are noticed."

if ! tag=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null); then
  echo "No version is tagged yet, so there is none that the documents could break with."
  exit 0
fi
git show "$tag:api/openapi.yaml" >"$scratch/openapi.yaml"
git show "$tag:api/webhooks.yaml" >"$scratch/webhooks.yaml"
status=0
if broken_rest "$scratch/openapi.yaml" api/openapi.yaml; then status=1; fi
if broken_webhooks "$scratch/webhooks.yaml" api/webhooks.yaml; then status=1; fi
# Versions before it have no such document.
if git cat-file -e "$tag:api/chat.yaml" 2>/dev/null; then
  git show "$tag:api/chat.yaml" >"$scratch/chat.yaml"
  if broken_chat "$scratch/chat.yaml" api/chat.yaml; then status=1; fi
fi
if [ "$status" -ne 0 ]; then
  echo "The documents break with $tag: see above, each with its rule. Before 1.0 that wants a new minor version."
  exit 1
fi
echo "The documents break with nothing since $tag."
