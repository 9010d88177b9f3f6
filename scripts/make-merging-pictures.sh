#!/usr/bin/env bash
# usage: make-merging-pictures.sh: makes docs/merging/METHOD.svg anew, what the released profile of every method does to one scene at 100 visual tokens.
set -euo pipefail
cd "$(dirname "$0")/.."
export VLM_HOME=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./artifacts/bin/Vlm.Cli/release/vlm merge show assets/pictures/scenes/board.png --image-tokens 100 --out "$work/show" >/dev/null
mkdir -p docs/merging
for overlay in "$work"/show/*/overlay.svg; do
  method=$(basename "$(dirname "$overlay")")
  cp "$overlay" "docs/merging/${method%-released}.svg"
done
ls -s docs/merging
