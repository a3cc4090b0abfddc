#!/usr/bin/env bash
# Gives each module crate the name of its folder, where it has another:
#
#   cp -r modules/counter modules/mine     a second package named "counter",
#                                          which cargo refuses in one workspace
#   tools/name-modules.sh                  modules/mine/Cargo.toml: name = "mine"
#
# What the module is called and what it exports follow from the package's name
# (module! and export!). qemu-run.sh runs this before it runs cargo. The argument is
# the source tree; without it, the one that this file is in.
set -euo pipefail

root=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}

# Sets `name` to that of a manifest's package. Without other programs: this is run at each
# start of a guest.
read_name() {
    local line table=
    name=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in '['*) table=$line ;; esac
        if [[ $table == '[package]'* && $line =~ ^name\ *=\ *\"([^\"]*)\" ]]; then
            name=${BASH_REMATCH[1]}
            return
        fi
    done <"$1"
}

for manifest in "$root"/modules/*/Cargo.toml; do
    [ -f "$manifest" ] || continue
    folder=${manifest%/Cargo.toml}
    folder=${folder##*/}
    read_name "$manifest"
    [ "$name" != "$folder" ] || continue
    printf 'modules/%s/Cargo.toml: package "%s" is now named "%s", after its folder\n' \
        "$folder" "$name" "$folder" >&2
    sed -i "/^\[package\]/,/^\[/s/^name *= *\".*/name = \"$folder\"/" "$manifest"
done
