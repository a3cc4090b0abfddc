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

for manifest in "$root"/modules/*/Cargo.toml; do
    [ -f "$manifest" ] || continue
    folder=$(basename "$(dirname "$manifest")")
    name=$(sed -n '/^\[package\]/,/^\[/s/^name *= *"\([^"]*\)".*/\1/p' "$manifest")
    [ "$name" != "$folder" ] || continue
    printf 'modules/%s/Cargo.toml: package "%s" is now named "%s", after its folder\n' \
        "$folder" "$name" "$folder" >&2
    sed -i "/^\[package\]/,/^\[/s/^name *= *\".*/name = \"$folder\"/" "$manifest"
done
