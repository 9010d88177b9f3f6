#!/usr/bin/env bash
# Builds the native shims into artifacts/native. LIBTORCH=DIR or LIBTORCH_USE_PYTORCH=1 choose another libtorch than Debian's;
# VLM_MEDIA=0 leaves out libvlmmedia (a GPU machine without libvips and SentencePiece).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
prefix=/usr
if [[ -n ${LIBTORCH:-} ]]; then
    prefix=$LIBTORCH
elif [[ ${LIBTORCH_USE_PYTORCH:-0} == 1 ]]; then
    prefix=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')
fi
[[ ${VLM_MEDIA:-1} == 1 ]] || set -- -DVLM_MEDIA=OFF "$@"
# One build folder per libtorch: CMake would go on with the one that it found first.
build=$root/artifacts/native-build-$(printf '%s' "$prefix" | cksum | cut -d' ' -f1)
mkdir -p "$root/artifacts"
cmake -S "$root/native" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$root/artifacts/native" "$@" >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
cmake --build "$build" --parallel "$(nproc)"
