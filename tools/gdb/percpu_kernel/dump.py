"""Dumps: kernel-core, and the note that `--dump` writes into a core, beside QEMU's.

    owner "percpu-kernel", type 1: a JSON object
      build_id   of the kernel that was dumped
      cpus       number, prefix, control registers
"""

import json
import os
import re

import gdb

from . import symbols
from .values import KernelError

OWNER = b"percpu-kernel\0"

_read = {}


def file():
    """The core that gdb has open; None if it has none."""
    text = gdb.execute("info files", to_string=True)
    found = re.search(r"Local core dump file:\s*`(.*)', file type", text)
    return found[1] if found else None


def note():
    """The open core's note, as it was written; None without one."""
    path = file()
    if path is None:
        return None
    if path not in _read:
        _read.clear()
        _read[path] = read(path)
    return _read[path]


def read(path):
    """The note of a core; None if it has none."""
    with open(os.path.expanduser(path), "rb") as core:
        header = core.read(64)
        word = lambda data, at, size: int.from_bytes(data[at:at + size], "big")
        table, size, count = word(header, 32, 8), word(header, 54, 2), word(header, 56, 2)
        for number in range(count):
            core.seek(table + number * size)
            segment = core.read(size)
            if word(segment, 0, 4) != 4:
                continue
            core.seek(word(segment, 8, 8))
            notes = core.read(word(segment, 32, 8))
            at = 0
            while at + 12 <= len(notes):
                name_size, content_size = word(notes, at, 4), word(notes, at + 4, 4)
                name = notes[at + 12:at + 12 + name_size]
                start = at + 12 + (name_size + 3 & ~3)
                if name == OWNER:
                    return json.loads(notes[start:start + content_size])
                at = start + (content_size + 3 & ~3)
    return None


def build_id(path):
    """Which build a kernel's file is, in hexadecimal: its section .note.gnu.build-id."""
    for name, (start, size) in symbols.section_bytes(path).items():
        if name == ".note.gnu.build-id":
            with open(path, "rb") as file:
                file.seek(start)
                # Sizes, kind and owner take 16 bytes.
                return file.read(size)[16:].hex()
    return ""


class KernelCore(gdb.Command):
    """Opens a dump, and adds the symbols of the modules in it: kernel-core FILE

It must be of the kernel whose file gdb has: the build IDs are compared."""

    def __init__(self):
        super().__init__("kernel-core", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        if not argument:
            raise KernelError("expected: kernel-core FILE")
        path = os.path.expanduser(argument)
        try:
            found = read(path)
        except (OSError, ValueError) as error:
            raise KernelError(f"{path}: {error}") from error
        if found is None:
            raise KernelError(f"{path}: no core that --dump wrote")
        kernel = symbols.kernel_file()
        if kernel is None:
            raise KernelError("which kernel? file KERNEL names it")
        built = build_id(kernel)
        if found["build_id"] != built:
            raise KernelError(f"{path} is of another build: the dumped kernel's build ID is "
                              f"{found['build_id']}, that of {kernel} {built}")
        gdb.execute(f"core-file {symbols.quoted(path)}")
        symbols.add_all()
