"""The kernel's modules, read from its own list.

    kernel::modules::registry::table::REGISTRY ── entries: Vec<Entry>
      Entry ── name, state, loaded: Option<Loaded>
        Loaded ── area, statics          where it lies, its handle
                  layout ── sections, GOT
                  linked ── starts       each section's address
"""

import gdb

from . import values
from .values import KernelError

REGISTRY = "kernel::modules::registry::table::REGISTRY"


class Module:
    """A module that has its memory."""

    def __init__(self, name, loaded, state="Loading"):
        self.name = name
        self.state = state
        area, statics = values.option(loaded["area"]), values.option(loaded["statics"])
        self.base = 0 if area is None else int(area["start"])
        self.handle = 0 if statics is None else values.number(statics)
        layout = loaded["layout"]
        self.per_cpu_bytes = int(layout["per_cpu"]["__0"])
        got = layout["got"]
        self.got = range(self.base + int(got["__0"]),
                         self.base + int(got["__0"]) + int(got["__1"]), 8)
        regions = values.elements(layout["regions"])
        self.size = max((int(region["offset"]) + int(region["size"]) for region in regions),
                        default=0)
        self.sections = list(sections(loaded))
        self.is_packed = values.variant_name(loaded["frames"]) == "Packed"

    def has(self, address):
        """Whether an address is in its text or data."""
        return self.base <= address < self.base + self.size

    def has_handle(self, handle):
        """Whether a handle is of its static per-CPU variables."""
        return self.handle <= handle < self.handle + self.per_cpu_bytes


class Section:
    """A section of a module that takes memory."""

    def __init__(self, name, size, address):
        self.name = name
        self.size = size
        self.address = address


def sections(loaded):
    """The sections that take memory, each with its address, or its handle."""
    described = values.elements(loaded["layout"]["sections"])
    starts = values.elements(loaded["linked"]["starts"]["__0"])
    for section, start in zip(described, starts):
        name, content = values.variant(start)
        if name == "At":
            yield Section(values.text(section["name"]), int(section["size"]),
                          int(content["__0"]))


def of_entry(entry):
    """The module of an entry; None for one that has no memory as yet."""
    loaded = values.option(entry["loaded"])
    if loaded is None:
        return None
    return Module(values.text(entry["name"]), loaded, values.variant_name(entry["state"]))


def loaded():
    """All modules that have their memory, in the order in which they came."""
    registry = values.static(REGISTRY)
    entries = values.inner(registry, lambda field: field.type.name is not None and
                           field.type.name.endswith("table::Registry"))["entries"]
    modules = (of_entry(entry) for entry in values.elements(entries))
    return [module for module in modules if module is not None]


def named(name):
    """The module of this name."""
    modules = loaded()
    for module in modules:
        if module.name == name:
            return module
    names = ", ".join(module.name for module in modules) or "none"
    raise KernelError(f"no module {name} is loaded; loaded: {names}")
