#!/usr/bin/env bash
# usage: check-resume.sh [KILLS [PARTS]]: kills parts of a sharded run (kill -9) at random moments among their answers and starts them again; the joined
# answers must equal those of an undisturbed run, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."
kills=${1:-20} parts=${2:-2}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
vlm=(./artifacts/bin/Vlm.Cli/release/vlm)
export VLM_HOME=$PWD
"${vlm[@]}" eval make-scenes "$work/data" --count "$((48 * kills))" --seed 5 >/dev/null
"${vlm[@]}" new-checkpoint "$work/model" --preset tiny --seed 1 >/dev/null 2>&1
ask=("${vlm[@]}" eval run --benchmark scenes --data "$work/data" --model "$work/model" --merge none,tome:0.9 --batch 4)
"${ask[@]}" --out "$work/whole" 2>/dev/null

count() { { cat "$work"/parts/scenes/*/log*.jsonl 2>/dev/null || true; } | wc -l; }
RANDOM=7
for ((k = 1; k <= kills; k++)); do
  part=$((k % parts + 1)) before=$(count)
  "${ask[@]}" --shard "$part/$parts" --out "$work/parts" 2>/dev/null & pid=$!
  while [[ $(count) -le $before ]] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done # past the start
  sleep "0.$((RANDOM % 10))"
  kill -9 "$pid" 2>/dev/null || { echo "part $part ended before kill $k: ask more questions" >&2; exit 1; }
  wait "$pid" 2>/dev/null || true
  echo "kill $k of $kills: part $part, $(count) answers so far"
done
pids=()
for ((i = 1; i <= parts; i++)); do "${ask[@]}" --shard "$i/$parts" --out "$work/parts" 2>/dev/null & pids+=($!); done
wait "${pids[@]}"
"${vlm[@]}" eval merge "$work/parts" --out "$work/joined"
for setting in "$work"/whole/scenes/*; do
  cmp "$setting/answers.jsonl" "$work/joined/scenes/$(basename "$setting")/answers.jsonl"
  echo "$(basename "$setting"): $(wc -l < "$setting/answers.jsonl") answers, equal byte for byte"
done
