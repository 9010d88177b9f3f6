#!/usr/bin/env bash
# Renders the Helm chart with Go's own template engine and Sprig, of which Helm's engine is made, as no registry here has Helm itself:
# every template must parse, ask only for values that there are, and give YAML without a key twice. Prints the manifests.
# usage: scripts/check-chart.sh [PATH=YAML]...    as scripts/check-chart.sh autoscaling.enabled=true auth.existingSecret=keys
# Debian: apt-get install golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command -v go >/dev/null || { echo "check-chart: expected go, found none (apt-get install golang-go)" >&2; exit 2; }
GO111MODULE=off GOPATH=/usr/share/gocode go run "$root/scripts/render-chart.go" "$root/deploy/helm/vlm" test "$@"
