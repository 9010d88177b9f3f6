#!/usr/bin/env bash
# usage: sweep-scenes.sh tokens|ratios OUT [QUESTIONS [AMOUNTS [REPORT]]]: accuracy on the embedded scenes for every merging method.
#   tokens   every method and profile at the same numbers of visual tokens (AMOUNTS, default "149 100 64"); budgets.md has the table.
#            OPTIONS=order=raster (or any other) adds options and leaves out who does not take them
#   ratios   the published profiles of eight methods and two controls at AMOUNTS (default "0.975 0.95 0.925 0.9 0.85 0.8")
# QUESTIONS (default 8000) are a quarter each of the four families. The work is done by SHARDS processes of one thread each (default: one per processor), which
# share nothing but files; ended at any moment, the same command goes on. Runs lie in OUT, the report in REPORT (default OUT/report).
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} == tokens || ${1:-} == ratios ]] && [[ -n ${2:-} ]] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
mode=$1 out=$2 questions=${3:-8000} shards=${SHARDS:-$(nproc)}
export VLM_HOME=$PWD
vlm=(./artifacts/bin/Vlm.Cli/release/vlm)
methods=(pitome/released pitome/paper tome/released tofu/released diffrate/released dct/released crossget/intended mctf/released random_prune average_pool)
settings=none report=(--data "$out/data" --model assets/checkpoints/scenes --regressions 1 --picture-size 96)
if [[ $mode == tokens ]]; then
  read -ra amounts <<<"${4:-149 100 64}"
  for tokens in "${amounts[@]}"; do settings+=",all:image_tokens=$tokens${OPTIONS:+,$OPTIONS}"; done
  report+=(--image-tokens "${amounts[@]}")
else
  read -ra amounts <<<"${4:-0.975 0.95 0.925 0.9 0.85 0.8}"
  for method in "${methods[@]}"; do for ratio in "${amounts[@]}"; do settings+=",$method:$ratio"; done; done
fi
data=$out/data/scenes-$questions
[[ -f $data/annotations.json ]] || "${vlm[@]}" eval make-scenes "$data" --split test --count "$questions" >/dev/null
ln -sfn "scenes-$questions" "$out/data/scenes"
start=$SECONDS parts=$out/$mode-$questions-by-$shards pids=()
trap '[[ ${#pids[@]} == 0 ]] || kill "${pids[@]}" 2>/dev/null' EXIT
for ((i = 1; i <= shards; i++)); do
  OMP_NUM_THREADS=1 "${vlm[@]}" eval run --benchmark scenes --data "$out/data" --merge "$settings" --shard "$i/$shards" --out "$parts" 2> >(sed "s#^#$i/$shards #" >&2) &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
pids=()
"${vlm[@]}" eval merge "$parts" --out "$out/$mode-$questions" >/dev/null
echo "answers after $(((SECONDS - start) / 60)) min $(((SECONDS - start) % 60)) s"
"${vlm[@]}" eval report "$out/$mode-$questions" "${report[@]}" --out "${5:-$out/report}"
echo "took $(((SECONDS - start) / 60)) min $(((SECONDS - start) % 60)) s"
