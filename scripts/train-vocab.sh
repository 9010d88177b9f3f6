#!/usr/bin/env bash
# Trains assets/vocab/tokenizer.model from assets/vocab/corpus with Debian's spm_train (package sentencepiece) and
# LLaMA's settings.
# --check trains into a temporary folder and compares: one thread and sorted input make the result the same every time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../assets/vocab"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
ln -s "$PWD/corpus" "$work/corpus"

# Relative names, since the model stores them.
(cd "$work" && spm_train \
    --input="$(echo corpus/*.txt | tr ' ' ',')" --model_prefix=tokenizer --model_type=bpe --vocab_size=2048 \
    --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=-1 --byte_fallback=true --character_coverage=1.0 \
    --normalization_rule_name=identity --add_dummy_prefix=true --remove_extra_whitespaces=false \
    --split_digits=true --allow_whitespace_only_pieces=true --num_threads=1 --minloglevel=1)

if [[ ${1:-} == --check ]]; then
    cmp "$work/tokenizer.model" tokenizer.model
else
    cp "$work/tokenizer.model" tokenizer.model
fi
