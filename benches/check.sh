#!/usr/bin/env bash
# Times `codeagent check` as a process against others that look at a page, side
# by side in one run, on the same game of 100 kB. Prints medians and ratios; then
# the time and the peak of memory for pages of 3.9 MB that were made to be slow.
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

# The peak of memory, and pages made to be slow: each must end, and say why if it is refused.
command -v /usr/bin/time >/dev/null || { echo "GNU time is missing: no peaks of memory" >&2; exit 0; }
repeated() { awk -v part="$1" -v size="$2" 'BEGIN { for (n = 0; n < size; n += length(part)) printf "%s", part }'; }
page() { # name, before, part, after: 3.9 MB
  { printf '<!DOCTYPE html><html><head><meta charset=utf-8><meta name=viewport><title>x</title><body><canvas></canvas><script>play()</script>%s' "$2"
    repeated "$3" 3900000
    printf '%s' "$4"; } >"$work/$1.html"
}
page game '<script>' $'ghosts.push((dt) => { this.x += dt * Math.sin(y); return `${x}`; });\n' '</script>'
page one-line '<script>' 'a=b+1;' '</script>'
page deep-code '<script>' '[' '</script>'
page deep-markup '' '<div>' ''
page unclosed '' '<a b="' ''
page formatting '<p>' '<a href=#x><b>' ''
page scripts '' '<script>1</script>' ''
page handlers '' '<b onclick=f()>x</b>' ''
page findings '<script>' 'eval(a);' '</script>'
page sum '<script>x=' "'a'+" "'a'</script>"
for file in game one-line deep-code deep-markup unclosed formatting scripts handlers findings sum; do
  /usr/bin/time -f '%e %M' -o "$work/peak" "$codeagent" check "$work/$file.html" >"$work/told" 2>&1 || true
  awk -v name="$file" -v end="$(tail -n 1 "$work/told" | sed 's/.*html: //')" \
    '/^[0-9.]+ [0-9]+$/ { printf "%-12s %6.2f s %6.0f MB  %s\n", name, $1, $2 / 1000, end }' "$work/peak"
done
