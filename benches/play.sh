#!/usr/bin/env bash
# Times the play-test of plain games, whole and in its parts, as the program itself tells them: the
# first one of a session, which starts the browser, and those after it.
#
#   benches/play.sh [GAMES IN A ROW]
#
# Needs a browser (see CODEAGENT_BROWSER in README.md), python3, and a machine with nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/.."

row=${1:-5}
target=${CARGO_TARGET_DIR:-target}
cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for game in arrows clicks-anywhere idle-screensaver still-picture; do
  games=()
  for _ in $(seq "$row"); do games+=("tests/pages/play/$game.html"); done
  "$target/release/codeagent" play --test --json --jobs 1 --home "$work" "${games[@]}"
done | python3 -c '
import json, statistics, sys
def parts(told):
    starts = [part["began_ms"] for part in told["parts"]] + [told["elapsed_ms"]]
    return {part["part"]: end - part["began_ms"] for part, end in zip(told["parts"], starts[1:])}
for line in sys.stdin:
    first, *rest = json.loads(line)["games"]
    lengths = [told["elapsed_ms"] / 1000 for told in rest]
    name, verdict, took = first["path"].split("/")[-1], first["verdict"], first["elapsed_ms"] / 1000
    print(f"{name} ({verdict}): first {took:.1f} s, then median {statistics.median(lengths):.1f} s, longest {max(lengths):.1f} s")
    for part in parts(first):
        print(f"  {parts(first)[part] / 1000:5.2f} s, then {statistics.median(parts(told).get(part, 0) for told in rest) / 1000:5.2f} s  {part}")
'
