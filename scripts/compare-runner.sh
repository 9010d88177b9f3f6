#!/usr/bin/env bash
# usage: [ENGINES=N] compare-runner.sh [PAIRS [QUESTIONS]]: the in-process runner, with N engines (default: one per processor), against a sequential loop
# over POST /chat of a real server, in turn, on the same questions of the embedded scenes, other ones in every pair, so that nothing is cached; prints seconds
# of both and their ratio (starting either is not counted), and seconds of processor time, which other work on the machine changes less (the runner's with its
# start).
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-5} questions=${2:-1024} port=18791
work=$(mktemp -d)
export VLM_HOME=$PWD
vlm=(./artifacts/bin/Vlm.Cli/release/vlm)
"${vlm[@]}" serve --urls "http://127.0.0.1:$port" >"$work/server.log" 2>&1 & server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$work"' EXIT
for ((t = 0; t < 600; t++)); do curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null && break; sleep 0.2; done
cat >"$work/loop.py" <<'PY'
import base64, http.client, json, sys, time
folder, port = sys.argv[1], int(sys.argv[2])
questions = json.load(open(f"{folder}/questions.json"))["questions"]
connection = http.client.HTTPConnection("127.0.0.1", port)
start = time.monotonic()
for question in questions:
    image = open(f"{folder}/images/{question['image']}", "rb").read()
    body = {"prompt": question["question"], "image": base64.b64encode(image).decode(), "merge": "none", "max_tokens": 12}
    connection.request("POST", "/chat", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
print(f"{time.monotonic() - start:.2f}")
PY
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%.2f", ($14 + $15 + $16 + $17) / hz }' "/proc/$1/stat"; }
runner() {
  "${vlm[@]}" eval run --benchmark scenes --data "$work/data$1" --merge none --engines "${ENGINES:-$(nproc)}" --out "$work/run$1" 2>/dev/null
  python3 -c "import json,sys; print(f'{max(json.loads(line)[\"at_ms\"] for line in open(sys.argv[1])) / 1000:.2f}')" "$work/run$1/scenes/none/times.jsonl"
}
for ((i = 1; i <= pairs; i++)); do
  "${vlm[@]}" eval make-scenes "$work/data$i/scenes" --count "$questions" --seed "$i" >/dev/null
  before=$(cpu "$server")
  loop=$(python3 "$work/loop.py" "$work/data$i/scenes" "$port")
  after=$(cpu "$server")
  before_own=$(cpu $$)
  runner "$i" >"$work/own"
  own=$(<"$work/own")
  python3 -c "print('pair $i: loop $loop s, runner $own s, ratio %.2f; processor time %.1f and %.1f s' % ($loop / $own, $after - $before, $(cpu $$) - $before_own))"
done
