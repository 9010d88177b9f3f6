#!/usr/bin/env bash
# Compiles everything above the binding against TorchSharp's signatures, made from the API listing: proves that
# -p:Torch=TorchSharp would swap the binding without the package at hand. Skips where the listing is absent.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
listing=${VLM_SHARED:-$root/../shared}/spec/torchsharp-0.106-api.txt
if [[ ! -f $listing ]]; then
    echo "check-torchsharp: skipped, no listing at $listing"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/stub"
python3 "$root/scripts/torchsharp_stub.py" "$listing" >"$work/stub/TorchSharp.cs"
cat >"$work/stub/TorchSharp.csproj" <<'EOT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
  </PropertyGroup>
</Project>
EOT
dotnet build "$root/src/Vlm.Core" --nologo -v q --artifacts-path "$work/artifacts" -p:Torch=TorchSharp \
    -p:TorchSharpProject="$work/stub/TorchSharp.csproj" -p:TreatWarningsAsErrors=false -p:NoWarn=CS8604%3BCS8625%3BCS8600 "$@"
