#!/usr/bin/env bash
# Boots the kernel in QEMU and judges it; ./qemu-run.sh --help has the rest.
#
# This script finds the tools, and a Rust toolchain that can compile for the
# guest; what is missing it installs with apt-get, saying so first. All else is
# done by tools/runner, which learns the toolchain from GUEST_TOOLCHAIN:
#
#   prebuilt  rustup has the guest target's libraries, compiled
#   nightly   a nightly compiles them from rust-src (-Zbuild-std)
#   debian    Debian's rustc-web compiles them from rust-web-src
#
# The choice is made once and kept in target/guest-toolchain, with what it rests on: as
# long as that is as it was, nobody is asked again.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR

guest=s390x-unknown-none-softfloat
kept=$CARGO_TARGET_DIR/guest-toolchain
debian_packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web)
packages=() wanted=()

# A stderr that can't be written to stops nothing.
say() { printf 'qemu-run.sh: %s\n' "$*" >&2 || true; }
# As documented in --help: 6, the guest could not be built or started.
die() { say "$*"; exit 6; }
has() { command -v "$1" >/dev/null 2>&1; }

# rustup puts its commands here, and only a login shell's PATH has them.
cargo_home=${CARGO_HOME:-${HOME:-/root}/.cargo}
if ! has cargo || ! has rustc; then PATH=$PATH:$cargo_home/bin; fi

# need COMMAND REASON PACKAGE...
need() {
    has "$1" && return
    say "$1 is missing, which $2: will install ${*:3}"
    packages+=("${@:3}")
}

# want COMMAND REASON PACKAGE...: as need, but all goes on without it
want() {
    has "$1" || ! has apt-get && return
    say "$1 is missing, which $2: will try to install ${*:3}"
    wanted+=("${@:3}")
}

# recent COMMAND...: whether this rustc is as new as Cargo.toml asks for
recent() {
    local want have
    want=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
    have=$("$@" --version 2>/dev/null | cut -d' ' -f2 | cut -d- -f1) || return 1
    [ -n "$have" ] && printf '%s\n' "$want" "$have" | sort --check=quiet --version-sort
}

# libraries FOLDER COMMAND...: whether this rustc's sysroot has lib/rustlib/FOLDER
libraries() {
    local sysroot
    sysroot=$("${@:2}" --print sysroot 2>/dev/null) && [ -d "$sysroot/lib/rustlib/$1" ] &&
        rests_on=("$sysroot/bin/rustc" "$sysroot/lib/rustlib/$1")
}

# Whether what the kept choice rests on is as it was: the words of the environment that say
# which rustc is meant, the files that they led to, and what asks for a version.
holds() {
    local file
    [ "$kept_words" = "$words" ] && [ ${#rests_on[@]} -gt 0 ] || return
    for file in "${rests_on[@]}" "$root/Cargo.toml"; do
        [ -e "$file" ] && [ ! "$file" -nt "$kept" ] || return
    done
    file=${RUSTUP_HOME:-${HOME-}/.rustup}/settings.toml
    [ ! "$file" -nt "$kept" ]
}

keep() {
    mkdir -p "$CARGO_TARGET_DIR"
    # Whole at once: others may be reading it.
    printf '%s\n' "$toolchain" "$words" "${rests_on[@]}" >"$kept.$$" && mv "$kept.$$" "$kept"
}

prebuilt() { recent rustc && libraries "$guest/lib" rustc; }
nightly() { recent rustc +nightly && libraries src/rust/library rustc +nightly; }
debian() { [ -x /usr/bin/cargo ] && recent /usr/bin/rustc && libraries src/rust/library /usr/bin/rustc; }

# What rustup can be asked for; a dead network must not hold the start up for long.
ask_rustup() {
    has rustup && timeout --foreground "$@" >/dev/null 2>&1
}

# Sets `toolchain`: what is here, else what can be had.
choose() {
    if prebuilt; then toolchain=prebuilt
    elif has rustup && nightly; then toolchain=nightly
    elif debian; then toolchain=debian
    elif ask_rustup 30 rustup target add "$guest" && prebuilt; then toolchain=prebuilt
    elif ask_rustup 120 rustup component add rust-src --toolchain nightly && nightly; then toolchain=nightly
    elif has apt-get; then
        say "no Rust toolchain here compiles for $guest: will install ${debian_packages[*]}" \
            "(they take the place of Debian's cargo and rustc)"
        packages+=("${debian_packages[@]}")
        toolchain=debian
    elif ask_rustup 600 rustup toolchain install nightly --profile minimal \
        -c rust-src -c clippy -c rustfmt && nightly; then toolchain=nightly
    else
        die "no Rust toolchain here compiles for $guest: install rustup and a nightly with rust-src"
    fi
}

# install PACKAGE...: with apt-get, asking nothing
install() { try_install "$@" || die "apt-get could not install what is needed (is there a network?): $*"; }

try_install() {
    local as_root=()
    has apt-get || die "there is no apt-get here; install what Debian calls: $*"
    if [ "$(id -u)" != 0 ]; then
        has sudo || die "neither root nor sudo; as root: apt-get install --no-install-recommends $*"
        as_root=(sudo)
    fi
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    say "installing $*"
    "${as_root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists that are here"
    "${as_root[@]}" apt-get install -qq --yes --no-install-recommends "$@" >&2 || return
    hash -r
}

need qemu-system-s390x "is the machine that the kernel runs on" qemu-system-misc
need s390x-linux-gnu-ld "links the kernel and its modules" binutils-s390x-linux-gnu
need s390x-linux-gnu-gcc "compiles modules written in C" gcc-s390x-linux-gnu
need cc "links programs for this machine" gcc libc6-dev
for word; do
    case $word in fuzz | --all) want c++ "builds the fuzzers' engine" g++ ;; esac
    case $word in
    debug | test) want gdb-multiarch "is the debugger of the verb debug" gdb-multiarch ;;
    --all)
        has chromium ||
            want chromium-headless-shell "shows report's page to its tests" chromium-headless-shell
        ;;
    esac
done

toolchain='' kept_words='' rests_on=()
printf -v words '%q ' "$PATH" "${HOME-}" "${RUSTUP_HOME-}" "${RUSTUP_TOOLCHAIN-}"
[ ! -r "$kept" ] ||
    { read -r toolchain && IFS= read -r kept_words && mapfile -t rests_on; } <"$kept" || true
is_kept=
case $toolchain in
prebuilt | nightly | debian) if holds; then is_kept=1; else "$toolchain" || choose; fi ;;
*) choose ;;
esac
if [ "$toolchain" = debian ]; then
    for word; do
        [ "$word" != report ] || want wasm-ld-22 "links the workbench of report's page" lld-22
    done
fi
[ ${#packages[@]} -eq 0 ] || install "${packages[@]}"
[ ${#wanted[@]} -eq 0 ] || (try_install "${wanted[@]}") || say "goes on without ${wanted[*]}"

export GUEST_TOOLCHAIN=$toolchain
case $toolchain in
debian)
    [ -n "$is_kept" ] || debian || die "Debian's Rust packages here are too old: rustc-web 1.96 is in bookworm-security"
    export PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc
    unset RUSTUP_TOOLCHAIN
    ;;
nightly) export RUSTUP_TOOLCHAIN=nightly ;;
esac
[ -n "$is_kept" ] || keep

# A copied module's folder is a module at once.
"$root/tools/name-modules.sh" "$root"

# Copies what cargo writes; on a terminal its progress is one line that is rewritten.
show_build() {
    local piece bar status='^ *(Compiling|Downloading|Downloaded|Updating|Locking|Adding|Finished) '
    # The bar ends in a carriage return; what stands before it are lines.
    while IFS= read -r -d $'\r' piece || [ -n "$piece" ]; do
        bar=${piece##*$'\n'}
        [[ $bar =~ \]\ ([0-9]+)/([0-9]+) ]] || bar=
        grep -vE "$status" <<<"${piece%"$bar"}" | grep . || true
        [ -z "$bar" ] || printf '\rrunner: crate %d of %d\033[K' \
            $((BASH_REMATCH[1] + 1)) "${BASH_REMATCH[2]}"
    done
    printf '\r\033[K'
}

# Whether cargo built the runner before, and has nothing to do: nothing of the tree is newer
# than the start of that build, neither a file nor a folder, from which one may have been
# taken; and nothing else that cargo builds by is another.
runner_is_built() {
    local text
    [ -x "$runner" ] && [ -r "$built" ] && text=$(<"$built") && [ "$text" = "$(build_words)" ] &&
        text=$(find "${runner_sources[@]}" -newer "$built" -print -quit) && [ -z "$text" ]
}

build_words() {
    local name
    printf '%s' "$root"
    for name in "${!CARGO_BUILD_@}" "${!CARGO_INCREMENTAL@}" "${!CARGO_PROFILE_@}" "${!RUST@}"; do
        case $name in
        RUST_* | RUSTUP_*) ;;
        *) printf ' %s=%q' "$name" "${!name}" ;;
        esac
    done
}

build_runner() {
    local cargo=(cargo build --manifest-path "$root/Cargo.toml" -p runner) begun=$built.$$
    mkdir -p "${built%/*}"
    build_words >"$begun"
    if [ -t 2 ]; then
        CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=80 CARGO_TERM_COLOR=never \
            "${cargo[@]}" 2>&1 | show_build >&2
    elif [ -x "$runner" ]; then
        "${cargo[@]}" --quiet
    else
        "${cargo[@]}"
    fi || { rm -f "$begun"; return 1; }
    mv "$begun" "$built"
}

runner=$CARGO_TARGET_DIR/debug/runner built=$CARGO_TARGET_DIR/debug/runner-built
runner_sources=("$root"/{.cargo,Cargo.lock,Cargo.toml,kernel,tools} "$kept")
[ ! -e "$cargo_home/config.toml" ] || runner_sources+=("$cargo_home/config.toml")
[ -x "$runner" ] ||
    say "building the runner, then the guest: about a minute the first time (toolchain: $toolchain)"
runner_is_built || build_runner || die "cargo could not build the runner"
exec "$runner" "$@"
