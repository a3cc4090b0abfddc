#!/usr/bin/env bash
# debian.sh modules|headers|peer|sources|emulator FOLDER: of Debian's Linux 6.1 for s390x the
# modules, the headers, all that it takes to boot it and to build modules for it here, or some
# of its source files; or the next Debian's QEMU, for this machine, with all that it needs;
# unpacked in FOLDER once, and kept.
# debian.sh room FOLDER PACKAGE...: packages of Debian 12 for a machine like this one that has no
# network, with all that they need, and an index from which apt-get can install them.
# Prints the folder that they are in:
#
#   modules   /lib/modules of the kernel's package
#   headers   /usr/src of both packages: linux-headers-*-common, linux-headers-*-s390x
#   peer      what would be / of these three, and of kbuild and make for this machine
#   sources   of Linux's tree: lib, arch/s390/lib, and what tests in them include
#   room      NAME.deb, and Packages
#   emulator  a program qemu-system-s390x, which starts Debian 13's with its own libraries
#
# apt-get checks the packages' signatures; it gets lists and settings of its own in
# FOLDER, so nothing of this machine changes and root isn't needed.
# Exit code 3: they can't be had here (no network, no apt-get).
set -euo pipefail

cannot() { printf 'debian.sh: %s\n' "$*" >&2; exit 3; }

case $1 in
    modules) name=linux-image inside=lib/modules ;;
    headers) name=linux-headers inside=usr/src ;;
    peer) name=linux-image inside= ;;
    sources) name=linux-source inside=tree ;;
    emulator) name=qemu-system-s390x inside=path ;;
    room) name=${3:?a package} inside= ;;
    *) printf 'usage: debian.sh modules|headers|peer|sources|emulator|room FOLDER [PACKAGE...]\n' >&2; exit 2 ;;
esac
kind=$1 folder=$2
shift 2
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# Two may ask for it at once.
if command -v flock >/dev/null; then
    exec 9>"$folder/lock"
    flock 9
fi
if [ ! -e "$folder/ready" ]; then
    tools=(apt-get apt-cache dpkg-deb)
    [ "$kind" != sources ] || tools+=(tar xz)
    for tool in "${tools[@]}"; do
        command -v "$tool" >/dev/null || cannot "there is no $tool here"
    done
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -r "$keys" ] || cannot "there is no $keys here"
    here=$(dpkg --print-architecture)
    architecture=s390x release=bookworm
    case $kind in
        emulator) architecture=$here release=trixie ;;
        room) architecture=$here ;;
    esac
    architectures="\"$architecture\";"
    [ "$kind" != peer ] || architectures+=" \"$here\";"
    apt=$folder/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    cat >"$apt/sources.list" <<SOURCES
deb [signed-by=$keys] http://deb.debian.org/debian $release main
deb [signed-by=$keys] http://deb.debian.org/debian-security $release-security main
SOURCES
    cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Architecture "$architecture";
APT::Architectures { $architectures };
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
CONF
    export APT_CONFIG=$apt/apt.conf
    # Failed downloads of lists are only a warning without the option.
    apt-get -qq -o APT::Update::Error-Mode=any update >&2 || cannot "Debian's package lists can't be had"
    case $kind in
        sources) names="^$name-6\.1\$" ;;
        emulator | room) names="^$name\$" ;;
        *) names="^$name-6\.1\.0-[0-9]+-s390x\$" ;;
    esac
    package=$(apt-cache --names-only search "$names" |
        cut -d' ' -f1 | sort --version-sort | tail -n1)
    [ -n "$package" ] || cannot "Debian has no package $names any more"
    packages=("$package")
    case $kind in
        modules | sources | emulator | room) ;;
        headers) packages+=("${package%-s390x}-common") ;;
        peer)
            headers=linux-headers-${package#linux-image-}
            packages+=("$headers" "${headers%-s390x}-common" "make:$here")
            # This machine's kind may have got newer ones: those of the kernel's version.
            version=$(apt-cache --no-all-versions show "$package" | sed -n 's/^Version: //p')
            kbuild=linux-kbuild-6.1:$here
            madison=$(apt-cache madison "$kbuild")
            [[ $madison != *" $version "* ]] || kbuild="$kbuild=$version"
            packages+=("$kbuild")
            ;;
    esac
    rm -rf "$folder/package"
    # Nothing is installed, as far as this apt-get knows: all that is needed comes along.
    download=(apt-get -qq --yes --download-only -o Debug::NoLocking=true install)
    if [ "$kind" = room ]; then
        "${download[@]}" "$@" >&2 || cannot "$* can't be had"
        mkdir "$folder/package"
        entries=()
        for file in "$apt"/cache/archives/*.deb; do
            name=${file##*/} name=${name%.deb}
            package=${name%%_*} version=${name#*_} version=${version%_*}
            entries+=("$package=${version//%3a/:}")
            # The archive's own names are without the epoch, and so is the index.
            mv "$file" "$folder/package/${name/_[0-9]%3a/_}.deb"
        done
        apt-cache --no-all-versions show "${entries[@]}" |
            sed 's|^Filename: .*/|Filename: ./|' >"$folder/package/Packages" ||
            cannot "the packages have no entries"
        rm -r "$apt"
    elif [ "$kind" = emulator ]; then
        "${download[@]}" "$package" >&2 || cannot "$package can't be had"
        for file in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$file" "$folder/package"; done
    else
        (cd "$folder" && apt-get -qq download "${packages[@]}" >&2) ||
            cannot "$package can't be had"
        for package in "${packages[@]}"; do
            dpkg-deb -x "$folder/${package%%:*}"_*.deb "$folder/package"
        done
    fi
    if [ "$kind" = sources ]; then
        mkdir "$folder/package/tree"
        tar -xJf "$folder/package/usr/src/linux-source-6.1.tar.xz" -C "$folder/package/tree" \
            --strip-components=1 linux-source-6.1/lib linux-source-6.1/arch/s390/lib \
            linux-source-6.1/tools/testing/selftests/kselftest_module.h
        rm -r "$folder/package/usr" "$folder"/*.deb
    fi
    if [ "$kind" = emulator ]; then
        unpacked=$folder/package
        # Its libraries are newer than this machine's, and so is what loads them.
        loader=$(echo "$unpacked"/usr/lib64/ld-*.so.* "$unpacked"/usr/lib/ld-*.so.*)
        loader=${loader%% *}
        [ -x "$loader" ] || cannot "$package comes without a loader for $here"
        libraries=$(dirname "$(readlink -f "$loader")")
        mkdir "$unpacked/path"
        cat >"$unpacked/path/$name" <<PROGRAM
#!/bin/sh
root=\${0%/*}/..
exec "\$root${loader#"$unpacked"}" --library-path "\$root${libraries#"$(readlink -f "$unpacked")"}" \\
    "\$root/usr/bin/$name" -L "\$root/usr/share/qemu" "\$@"
PROGRAM
        chmod +x "$unpacked/path/$name"
        rm -r "$apt"
        "$unpacked/path/$name" --version >/dev/null || cannot "$package doesn't start here"
    fi
    touch "$folder/ready"
fi
printf '%s\n' "$folder/package/$inside"
