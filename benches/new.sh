#!/usr/bin/env bash
# Times `codeagent new` with the composer, from the start of the process to its
# end: composing, every check, hardening, the plain file and the library.
# Prints the median and the longest of 31 runs for a few prompts.
#
#   cargo build --release && benches/new.sh
set -euo pipefail
cd "$(dirname "$0")/.."

codeagent=$PWD/${CARGO_TARGET_DIR:-target}/release/codeagent
[ -x "$codeagent" ] || { echo "build it first: cargo build --release" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config

for prompt in "a snake game where ghosts steal your tail" "tower defence in winter" "memory" \
  "snake where witches, zombies and spiders steal, in the dark, power-ups"; do
  for _ in $(seq 31); do
    before=$(date +%s%N)
    "$codeagent" new "$prompt" --offline --force --quiet --output game.html >/dev/null
    echo $((($(date +%s%N) - before) / 100000))
  done | sort -n | awk -v prompt="$prompt" '
    { times[NR] = $1 / 10 }
    END { printf "%6.1f ms, %6.1f ms at most: %s\n", times[16], times[NR], prompt }'
done
