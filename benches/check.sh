#!/usr/bin/env bash
# Times `codeagent check` as a process against others that look at a page, side
# by side in one run, on the same game of 100 kB. Prints medians and ratios.
#
#   cargo build --release && benches/check.sh [FILE]
#
# Needs hyperfine, and those of tidy and html-validate that are to be compared
# (apt-get install hyperfine tidy; npm install --global html-validate).
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
codeagent=$target/release/codeagent
[ -x "$codeagent" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
command -v hyperfine >/dev/null || { echo "hyperfine is missing" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
page=${1:-$work/game.html}
if [ $# = 0 ]; then
  {
    printf '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Bats</title></head>\n<body><canvas id="field"></canvas>\n<script>\n'
    awk 'BEGIN { for (i = 0; size < 100000; i++) { line = "function step" i "(x, y) { const z = x * " i " + y; return z > 7 ? [z, `bat ${x}`] : null; }"; size += length(line) + 1; print line } }'
    printf '</script>\n</body></html>\n'
  } >"$page"
fi

commands=("$codeagent check $page")
names=(codeagent)
if command -v tidy >/dev/null; then commands+=("tidy -q -e $page"); names+=(tidy); fi
if command -v html-validate >/dev/null; then commands+=("html-validate $page"); names+=(html-validate); fi

hyperfine --shell=none --warmup 3 --runs 20 --ignore-failure --style none \
  --export-csv "$work/times.csv" "${commands[@]}" >/dev/null 2>&1

# hyperfine's columns: command, mean, stddev, median, user, system, min, max.
echo "$(wc -c <"$page") bytes, 20 runs each"
tail -n +2 "$work/times.csv" | awk -F, -v names="${names[*]}" '
  BEGIN { split(names, name, " ") }
  { if (NR == 1) first = $4; printf "%-14s %8.1f ms   codeagent takes %.2f of it\n", name[NR], $4 * 1000, first / $4 }'
