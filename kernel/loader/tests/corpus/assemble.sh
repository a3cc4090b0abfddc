#!/usr/bin/env bash
# Assembles the corpus: the objects are kept beside their sources, so that the
# tests that start from them need no assembler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for source in *.s; do
    s390x-linux-gnu-as --no-warn -march=zEC12 -o "${source%.s}.o" "$source"
done
