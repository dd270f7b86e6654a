#!/usr/bin/env bash
# How many prompts end in a game that plays, with a model behind a server in OpenAI's form.
#
#   benches/models.sh BASE_URL MODEL [JOBS] [options of `codeagent new`, such as --tries 3]
#
# Asks for each line of benches/models.txt, JOBS at a time (default: 1), plays each game in a real browser, and
# prints how each prompt ended and the sums that `codeagent models` shows. Everything it writes is in a new
# folder below $TMPDIR, whose name it prints. PROMPTS names another file of prompts, CODEAGENT another program.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
base_url=$1 model=$2 jobs=${3:-1}
shift $(( $# > 3 ? 3 : $# ))
program=${CODEAGENT:-$here/../target/release/codeagent}
prompts=${PROMPTS:-$here/models.txt}
[ -x "$program" ] || { echo "$program is missing: build it with cargo build --release" >&2; exit 2; }

out=$(mktemp -d -t codeagent-models.XXXXXX)
export CODEAGENT_HOME=$out/home
echo "games and replies: $out" >&2
settings=(--engine endpoint --base-url "$base_url" --model "$model" --timeout-first-byte 1200 --timeout-idle 300)

# One prompt: its number, its words, and further options. Prints the grade of each try.
ask() {
    local number=$1 prompt=$2 code=0
    shift 2
    "$program" new "$prompt" --json --force -o "$out/$number.html" --play-test "${settings[@]}" "$@" \
        >"$out/$number.json" 2>"$out/$number.log" || code=$?
    local ended
    ended=$(grep -oE 'play-test: [a-z]+|^try [0-9]+ of [0-9]+: [a-z ]+' "$out/$number.log" | tail -n 1)
    printf '%s  exit %-3s %-32s %s\n' "$number" "$code" "${ended:-no game}" "$prompt"
}

number=0
while IFS= read -r prompt; do
    number=$((number + 1))
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
    ask "$(printf %02d "$number")" "$prompt" "$@" </dev/null &
done <"$prompts"
wait
"$program" models "${settings[@]:0:6}"
