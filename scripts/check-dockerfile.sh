#!/usr/bin/env bash
# Runs the steps of a Dockerfile without a Docker engine: each stage is a folder that a clean Debian was put into, each RUN a chroot,
# each COPY a copy. FROM, RUN, COPY, WORKDIR, ENV and USER are done, the rest is skipped by name. One thing is not as in a real build:
# .NET's installer, which downloads from outside the package registries, is stood in for by a copy of this machine's SDK.
# usage: scripts/check-dockerfile.sh [DOCKERFILE [FOLDER]]   (as root; needs debootstrap; FOLDER keeps the stages, else a temporary one)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dockerfile=${1:-$root/deploy/Dockerfile}
work=${2:-$(mktemp -d)}
[[ $(id -u) -eq 0 ]] || { echo "check-dockerfile: expected root, found $(id -un)" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "check-dockerfile: expected debootstrap, found none (apt-get install debootstrap)" >&2; exit 2; }
# Mounts of its own, so that none outlives this script however it ends: what is left of a folder can then be removed without harm.
[[ -n ${OWN_MOUNTS:-} ]] || OWN_MOUNTS=1 exec unshare --mount "$0" "$@"
sdk=$(dotnet --list-sdks | sed -n '$s/.*\[\(.*\)\/sdk\]$/\1/p')

declare -A folder_of=() # stage name to folder
declare -A variables=()
stage="" workdir=/ user=root

release() { # FOLDER: what RUN mounts there
    for mount in "$1/proc" "$1/run/sdk"; do
        if mountpoint -q "$mount"; then umount "$mount"; fi
    done
}

clean_up() {
    for made in "$work"/*/; do release "$made"; done
    [[ -n ${keep:-} ]] || rm -rf --one-file-system "$work"
}
keep=${2:-}
trap clean_up EXIT

base() { # a clean Debian of that release, made once
    local release=$1
    if [[ ! -f $work/$release.done ]]; then
        debootstrap --variant=minbase "$release" "$work/$release" >"$work/$release.log"
        cp /etc/resolv.conf "$work/$release/etc/"
        mkdir -p "$work/$release/run/sdk" "$work/$release/usr/local/share"
        touch "$work/$release.done"
    fi
}

from() { # IMAGE AS NAME
    local image=$1 name=${3:-last}
    folder=$work/stage-$name
    rm -rf --one-file-system "$folder"
    if [[ -n ${folder_of[$image]:-} ]]; then
        cp -a "${folder_of[$image]}" "$folder"
    elif [[ $image == debian:12* ]]; then
        base bookworm
        cp -a "$work/bookworm" "$folder"
    else
        echo "FROM: expected debian:12 or a stage, found $image" >&2
        exit 2
    fi
    folder_of[$name]=$folder stage=$name workdir=/ user=root variables=()
}

# What stands in for the download of .NET's installer, within one RUN.
stand_in='curl() { if [[ "$*" == *dot.net* ]]; then
    printf "%s\n" "while [ \$# -gt 0 ]; do [ \"\$1\" = --install-dir ] && d=\$2; shift; done; mkdir -p \"\$d\" && cp -a /run/sdk/. \"\$d\"" > "${@: -1}"
else command curl "$@"; fi; }'

run() { # SHELL TEXT
    mountpoint -q "$folder/proc" || mount -t proc proc "$folder/proc"
    mountpoint -q "$folder/run/sdk" || mount --bind -o ro "$sdk" "$folder/run/sdk"
    if [[ -f $folder/etc/ssl/certs/ca-certificates.crt ]]; then # the registries may be behind this machine's own certificates
        cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    fi
    # Compilers that stay behind would hold the mounts.
    local settings=(MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false)
    settings+=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive NUGET_CERT_REVOCATION_MODE=offline)
    for name in "${!variables[@]}"; do settings+=("$name=${variables[$name]}"); done
    local as=()
    [[ $user == root ]] || as=(setpriv --reuid "$user" --regid "$user" --clear-groups)
    local status=0
    env -i "${settings[@]}" chroot "$folder" "${as[@]}" /bin/bash -ec "cd '$workdir'; $stand_in; $1" || status=$?
    release "$folder"
    return "$status"
}

copy() { # [--from=STAGE] SOURCE TARGET
    local source target
    if [[ $1 == --from=* ]]; then
        source=${folder_of[${1#--from=}]}$2 target=$3
    else
        source=$root/$1 target=$2
    fi
    [[ $target == /* ]] || target=$workdir/$target
    mkdir -p "$folder$target"
    if [[ $source == "$root/." ]]; then # what .dockerignore leaves: the files of the checkout, without those of deploy
        git -C "$root" ls-files -z -- . ':!deploy' | (cd "$root" && xargs -0 cp --parents -t "$folder$target")
    else
        cp -a "$source/." "$folder$target"
    fi
}

while IFS= read -r line; do
    read -r verb rest <<<"$line"
    case $verb in
    FROM | RUN | COPY | WORKDIR | USER | ENV) echo "[$stage] $line" | cut -c1-160 ;;
    esac
    case $verb in
    FROM) read -ra words <<<"$rest" && from "${words[@]}" ;;
    RUN) run "$rest" ;;
    COPY) read -ra words <<<"$rest" && copy "${words[@]}" ;;
    WORKDIR) workdir=$rest && mkdir -p "$folder$rest" ;;
    USER) user=$rest ;;
    ENV) for pair in $rest; do variables[${pair%%=*}]=${pair#*=}; done ;;
    "" | \#* | EXPOSE | STOPSIGNAL | HEALTHCHECK | CMD | ENTRYPOINT | LABEL) ;;
    *) echo "expected a known instruction, found $verb" >&2 && exit 2 ;;
    esac
done < <(sed -e '/^[[:space:]]*#/d' "$dockerfile" | sed -e ':a' -e '/\\$/N; s/\\\n[[:space:]]*/ /; ta')

# The image starts: its entry point as its user, until it says that it needs a checkpoint that is not there.
entry=$(sed -n 's/^ENTRYPOINT \[\(.*\)\]$/\1/p' "$dockerfile" | tail -1 | tr -d '",')
[[ -n $entry ]] || exit 0
said=$(run "$entry" 2>&1) && { echo "entry point: expected it to ask for a checkpoint, found it ended well" >&2; exit 1; }
echo "$said" | tail -1
[[ $said == *"/model: expected a checkpoint folder, found no such folder."* ]] || { echo "entry point: expected it to ask for /model, found: $said" >&2; exit 1; }
echo "the image's entry point starts, loads its libraries and asks for the checkpoint"
