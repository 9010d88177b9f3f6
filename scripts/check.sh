#!/usr/bin/env bash
# All that CI runs: build everything with warnings as errors (style rules included), then every test.
# Called by `./vlm test [FILTER]`, which has built the native library. Last line: N passed, N failed, N skipped.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
filter=()
[[ $# -eq 0 ]] || filter=(--filter "$1")
dotnet build PiToMe.sln -c Release --nologo -v quiet
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
run() { dotnet test "$@" -c Release --no-build --nologo 2>&1 | tee -a "$log" || status=$?; }
run PiToMe.sln "${filter[@]}"
for level in avx2 plain; do # the kernels as smaller processors run them
    [[ $# -gt 0 ]] || VLM_SIMD=$level run tests/Vlm.Torch.Tests --filter FullyQualifiedName~.Kernels.
done
read -r passed failed skipped < <(
    grep -oE 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" |
        awk -F '[:,] *' '{ f += $2; p += $4; s += $6 } END { print p + 0, f + 0, s + 0 }'
)
if [[ $status -ne 0 && $failed -eq 0 ]]; then
    echo "test run: expected exit 0, found $status without a failed test (a test host stopped?)" >&2
fi
if [[ $((passed + failed)) -eq 0 ]]; then
    echo "tests: expected at least one for filter '${1:-}', found none" >&2
    status=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
