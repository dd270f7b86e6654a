#!/usr/bin/env bash
# Times the play-test of a plain game, whole and in its parts, as the program itself tells them.
#
#   benches/play.sh [RUNS]
#
# Needs a browser (see CODEAGENT_BROWSER in README.md) and python3.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${1:-5}
cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for _ in $(seq "$runs"); do
  for game in arrows clicks-anywhere idle-screensaver; do
    ./target/release/codeagent play --test --json --home "$work" "tests/pages/play/$game.html"
  done
done | python3 -c '
import json, statistics, sys
games = {}
for line in sys.stdin:
    told = json.loads(line)
    starts = [part["began_ms"] for part in told["parts"]] + [told["elapsed_ms"]]
    lengths = {part["part"]: end - part["began_ms"] for part, end in zip(told["parts"], starts[1:])}
    games.setdefault((told["path"].split("/")[-1], told["verdict"]), []).append((told["elapsed_ms"], lengths))
for (game, verdict), runs in games.items():
    print(f"{game} ({verdict}): median {statistics.median(run[0] for run in runs) / 1000:.1f} s, longest {max(run[0] for run in runs) / 1000:.1f} s")
    for part in runs[0][1]:
        print(f"  {statistics.median(run[1].get(part, 0) for run in runs) / 1000:5.2f} s  {part}")
'
