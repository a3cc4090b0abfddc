#!/usr/bin/env bash
# Starts the runner of this kit: nothing is built, and nothing fetched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v qemu-system-s390x >/dev/null || {
    echo "qemu-run.sh: qemu-system-s390x is missing: README.kit says what this machine needs" >&2
    exit 6
}
export QEMU_RUN_ROOT=$here CARGO_TARGET_DIR=$here/target GUEST_TOOLCHAIN=prebuilt
exec "$here/target/debug/runner" "$@"
