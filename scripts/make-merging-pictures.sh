#!/usr/bin/env bash
# usage: make-merging-pictures.sh: makes docs/merging/METHOD.svg anew, what the released profile of every method does to one scene at 100 visual tokens, and
# docs/merging/crossget-intended.svg.
set -euo pipefail
cd "$(dirname "$0")/.."
export VLM_HOME=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
show() { ./artifacts/bin/Vlm.Cli/release/vlm merge show assets/pictures/scenes/board.png "$@" >/dev/null; }
show --image-tokens 100 --out "$work/show"
show --merge crossget/intended:image_tokens=100 --out "$work/more"
mkdir -p docs/merging
for overlay in "$work"/*/*/overlay.svg; do
  method=$(basename "$(dirname "$overlay")")
  cp "$overlay" "docs/merging/${method%-released}.svg"
done
ls -s docs/merging
