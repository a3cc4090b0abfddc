"""The per-CPU allocator's chunks: percpu-chunks, percpu-map.

    kernel::percpu::instance::ALLOCATOR ── layout      where units lie
                              ── areas       chunks by number: the first chunk's reserved
                                             part, its dynamic part, then the region's
    Chunk ── pages: populated or not         ── extents ── map: two bits a granule of 4 bytes
"""

import re

import gdb

from . import modules, values
from .values import KernelError

ALLOCATOR = "kernel::percpu::instance::ALLOCATOR"

# kernel/percpu/src/limits.rs and layout.rs: constants, of which debug information has no word.
GRANULE = 4
PAGE = 4096
RESERVED, FIRST, REGION = 0, 1, 2

COLUMNS = 64


class Allocator:
    """The allocator, as it is now."""

    def __init__(self):
        once = values.static(ALLOCATOR)
        allocator = values.inner(once, lambda field: (field.type.name or "").startswith(
            "percpu::allocator::Allocator<"))
        self.layout = allocator["layout"]
        chunks = values.inner(allocator["areas"], lambda field: field.type.name ==
                              "percpu::chunks::Chunks")
        if chunks is None:
            raise KernelError("per-CPU memory isn't set up yet")
        slots = values.elements(chunks["slots"])
        found = ((number, values.elements(slot)) for number, slot in enumerate(slots))
        self.chunks = [(number, Chunk(slot[0])) for number, slot in found if slot]

    def unit0(self, number):
        """Address of CPU 0's unit of a chunk."""
        if number < REGION:
            return int(self.layout["first"]["unit0"])
        shift = int(self.layout["stride_shift"])
        return (int(self.layout["region_unit0"]) + ((number - REGION) << shift)) % values.WORD

    def handle(self, number, byte):
        """The handle of a byte of a chunk."""
        return (self.unit0(number) + byte - int(self.layout["delta"])) % values.WORD


class Chunk:
    """A chunk, or one of the first one's two parts."""

    def __init__(self, value):
        self.value = value
        self.pages = [bool(page["populated"]) for page in values.elements(value["pages"])]

    def areas(self):
        """Live areas: first byte and bytes, in order."""
        words = values.elements(self.value["extents"]["map"]["__0"])
        live = "".join(f"{int(word['live']):064b}" for word in words)
        begins = "".join(f"{int(word['begins']):064b}" for word in words)
        # kernel/percpu/src/granule_map.rs: the first granule of an area, and the others.
        states = {"11": "F", "10": "R"}
        granules = "".join(states.get(a + b, "-") for a, b in zip(live, begins))
        for area in re.finditer("FR*", granules):
            yield area.start() * GRANULE, len(area[0]) * GRANULE


def kind(number):
    """What a chunk's number means."""
    return {RESERVED: "first, reserved", FIRST: "first, dynamic"}.get(number, "region")


class Chunks(gdb.Command):
    """Lists the per-CPU allocator's chunks: percpu-chunks

Areas count those in magazines, too; a page is one of each CPU's unit."""

    def __init__(self):
        super().__init__("percpu-chunks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        allocator = Allocator()
        print(f"{'chunk':>5} {'what':<16} {'unit 0':>15} {'areas':>6} {'bytes':>7} "
              f"{'pages':>6} {'populated':>9} {'empty':>6}")
        for number, chunk in allocator.chunks:
            value = chunk.value
            print(f"{number:>5} {kind(number):<16} {allocator.unit0(number):>#15x} "
                  f"{int(value['live']):>6} {int(value['used']) * GRANULE:>7} "
                  f"{len(chunk.pages):>6} {int(value['populated']):>9} "
                  f"{int(value['empty']):>6}")


class Map(gdb.Command):
    """Draws a chunk, all units of which look the same: percpu-map [CHUNK]

A line is a page; # is in use, - free, a blank not populated, = another part's. Behind it
the areas that begin there, by handle and bytes, and whose they are if a module's."""

    def __init__(self):
        super().__init__("percpu-map", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        allocator = Allocator()
        wanted = None
        if argument:
            wanted = values.number(gdb.parse_and_eval(argument))
            if wanted not in dict(allocator.chunks):
                numbers = ", ".join(str(number) for number, _ in allocator.chunks)
                raise KernelError(f"there is no chunk {wanted}; chunks: {numbers}")
        everyone = modules.loaded()
        for number, chunk in allocator.chunks:
            if wanted is None or number == wanted:
                self.draw(allocator, number, chunk, everyone)

    def draw(self, allocator, number, chunk, everyone):
        print(f"chunk {number} ({kind(number)}), unit 0 at {allocator.unit0(number):#x}, "
              f"a column is {PAGE // COLUMNS} bytes")
        first, last = bounds(allocator, number, len(chunk.pages) * PAGE)
        areas = list(chunk.areas())
        for page, populated in enumerate(chunk.pages):
            start = page * PAGE
            line = "".join(column(start + n * PAGE // COLUMNS, populated, areas, first, last)
                           for n in range(COLUMNS))
            here = [area for area in areas if start <= area[0] < start + PAGE]
            print(f"  {page:>3} |{line}| {shown(allocator, number, here, everyone)}".rstrip())


def bounds(allocator, number, unit):
    """The bytes of a unit that a chunk's areas lie in."""
    sizes = allocator.layout["first"]["sizes"]
    static, reserved = int(sizes["static_size"]), int(sizes["reserved_size"])
    if number == RESERVED:
        return static, static + reserved
    return (static + reserved if number == FIRST else 0), unit


def column(start, populated, areas, first, last):
    """The character of some bytes of a page."""
    end = start + PAGE // COLUMNS
    if end <= first or start >= last:
        return "="
    if not populated:
        return " "
    used = any(area < end and start < area + size for area, size in areas)
    return "#" if used else "-"


def shown(allocator, number, areas, everyone):
    """Some areas, as text: of many, the first few."""
    texts = []
    for start, size in areas[:3]:
        handle = allocator.handle(number, start)
        owner = next((module.name for module in everyone if module.has_handle(handle)), "")
        texts.append(f"{handle:#x}+{size}{' ' + owner if owner else ''}")
    if len(areas) > len(texts):
        texts.append(f"and {len(areas) - len(texts)} more")
    return ", ".join(texts)
