"""Dumps: the note that `--dump` writes into a core, beside QEMU's.

    owner "percpu-kernel", type 1: a JSON object
      build_id   of the kernel that was dumped
      cpus       number, prefix, control registers
"""

import json
import os
import re

import gdb

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
