#!/usr/bin/env bash
# Installs, as root, what lies beside this script, as far as this machine lacks it. There needn't be
# a network: apt-get is shown this folder and nothing else. Words behind go to apt-get: --simulate
# only prints what would be installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
# apt-get's own user may not come into a person's folders; their signatures were checked when
# the packages were fetched.
printf 'deb [trusted=yes] copy:%s ./\n' "$here" >"$work/sources.list"
options=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
export DEBIAN_FRONTEND=noninteractive
apt-get -qq "${options[@]}" update
apt-get -qq --yes --no-install-recommends "${options[@]}" "$@" install PACKAGES
