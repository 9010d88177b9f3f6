#!/usr/bin/env bash
# usage: make-playground-pictures.sh: makes docs/playground.png and docs/playground-dark.png anew with Debian's chromium, from the embedded checkpoint's answers.
set -euo pipefail
cd "$(dirname "$0")/.."
export VLM_HOME=$PWD VLM_CHROMIUM=${VLM_CHROMIUM:-/usr/bin/chromium}
url=http://127.0.0.1:${PORT:-8089}
./artifacts/bin/Vlm.Cli/release/vlm serve --urls "$url" >/dev/null &
trap 'kill $!' EXIT
curl -sf --retry 60 --retry-delay 1 --retry-all-errors "$url/health/ready" >/dev/null
cd tests/Vlm.Clients.Tests/web
npm ci --silent
node pictures.mjs "$url" ../../../docs
