#!/usr/bin/env bash
# debian.sh modules|headers FOLDER: the modules, or the headers, of Debian's Linux 6.1
# for s390x, unpacked in FOLDER once, and kept. Prints the folder that they are in; of
# the headers that is both packages': linux-headers-*-common and linux-headers-*-s390x.
#
# apt-get checks the packages' signatures; it gets lists and settings of its own in
# FOLDER, so nothing of this machine changes and root isn't needed.
# Exit code 3: they can't be had here (no network, no apt-get).
set -euo pipefail

cannot() { printf 'debian.sh: %s\n' "$*" >&2; exit 3; }

case $1 in
    modules) name=linux-image inside=lib/modules ;;
    headers) name=linux-headers inside=usr/src ;;
    *) printf 'usage: debian.sh modules|headers FOLDER\n' >&2; exit 2 ;;
esac
folder=$2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ ! -e "$folder/ready" ]; then
    for tool in apt-get apt-cache dpkg-deb; do
        command -v "$tool" >/dev/null || cannot "there is no $tool here"
    done
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -r "$keys" ] || cannot "there is no $keys here"
    apt=$folder/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    cat >"$apt/sources.list" <<SOURCES
deb [signed-by=$keys] http://deb.debian.org/debian bookworm main
deb [signed-by=$keys] http://deb.debian.org/debian-security bookworm-security main
SOURCES
    cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Architecture "s390x";
APT::Architectures { "s390x"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
CONF
    export APT_CONFIG=$apt/apt.conf
    # Failed downloads of lists are only a warning without the option.
    apt-get -qq -o APT::Update::Error-Mode=any update >&2 || cannot "Debian's package lists can't be had"
    package=$(apt-cache --names-only search "^$name-6\.1\.0-[0-9]+-s390x\$" |
        cut -d' ' -f1 | sort --version-sort | tail -n1)
    [ -n "$package" ] || cannot "Debian has no $name-6.1.0-*-s390x any more"
    packages=("$package")
    [ "$1" = modules ] || packages+=("${package%-s390x}-common")
    (cd "$folder" && apt-get -qq download "${packages[@]}" >&2) || cannot "$package can't be had"
    rm -rf "$folder/package"
    for package in "${packages[@]}"; do
        dpkg-deb -x "$folder/$package"_*.deb "$folder/package"
    done
    touch "$folder/ready"
fi
printf '%s\n' "$folder/package/$inside"
