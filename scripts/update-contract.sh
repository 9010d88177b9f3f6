#!/usr/bin/env bash
# Writes docs/openapi.json from the server's code, unless that would break a client without a new major version of the document,
# and then the types of the TypeScript client from it. Run after a change of routes or contracts.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
VLM_UPDATE_CONTRACT=1 dotnet test tests/Vlm.Api.Tests -c Release --nologo -v quiet --filter FullyQualifiedName~ContractTests.Document
cd clients/typescript
npm ci --silent
npm run --silent generate
