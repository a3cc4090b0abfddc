#!/usr/bin/env python3
"""Shows each CPU's copy of a module's per-CPU variable in a core that --dump wrote.

    percpu.py CORE KERNEL MODULE.debug VARIABLE

VARIABLE is a symbol of a module in C, as c_hits; in Rust the storage behind a static, as
'counter::{impl#0}::handle::__PER_CPU_STORAGE'. The module's name is its file's.
"""

import os
import sys

import drgn

core, kernel, file, variable = sys.argv[1:]
program = drgn.Program()
program.set_core_dump(core)
program.extra_module("kernel", 0, create=True).try_file(kernel, force=True)


def inner(value, is_it):
    """The first field, however deep, that is it."""
    left = [value]
    while left:
        value = left.pop(0)
        if is_it(value):
            return value
        if value.type_.kind == drgn.TypeKind.STRUCT:
            left.extend(value.member_(member.name) for member in value.type_.members if member.name)
    raise LookupError("the kernel has no such field: is it the one that was dumped?")


def elements(vector):
    """The elements of a Vec."""
    first = inner(vector, lambda field: field.type_.kind == drgn.TypeKind.POINTER)
    of_type = vector.type_.template_parameters[0].argument
    return [drgn.Object(program, of_type, address=first.value_() + n * of_type.size)
            for n in range(vector.len.value_())]


def text(value):
    """A &str."""
    return program.read(value.data_ptr.value_(), value.length.value_()).decode()


def section_addresses(name):
    """Where the sections of a module are, by name."""
    registry = program["kernel::modules::registry::table::REGISTRY"]
    entries = inner(registry, lambda field: field.type_.type_name().startswith("struct Vec<"))
    entry = next(entry for entry in elements(entries) if text(entry.name) == name)
    # drgn reads no enums: an Option<Loaded> has the module where it begins, whose type is
    # that of a debugger's record, and a Start (kernel/loader/src/starts.rs) its kind and its
    # address.
    record = program["kernel::modules::debugger::module_changed"].type_.parameters[0].type.type
    loaded = record.member("loaded").type.type
    loaded = drgn.Object(program, loaded, address=entry.loaded.address_)
    found = {}
    starts = elements(inner(loaded.linked.starts, lambda field: hasattr(field, "len")))
    for section, start in zip(elements(loaded.layout.sections), starts):
        if program.read_u64(start.address_) == 2:
            found[text(section.name)] = program.read_u64(start.address_ + 8)
    return found


def number(value):
    """What is in an atomic."""
    return inner(value, lambda field: field.type_.kind == drgn.TypeKind.INT).value_()


# Ten lines, once it is known how Rust lays things out.
name = os.path.splitext(os.path.basename(file))[0]
module = program.relocatable_module(name, 0, create=True)
for section, address in section_addresses(name).items():
    module.section_addresses[section] = address
module.try_file(file, force=True)
static, offsets = program[variable], program["kernel::percpu::OFFSETS"]
for cpu in range(number(program["kernel::cpus::POSSIBLE"])):
    address = static.address_ + number(offsets[cpu])
    value = drgn.Object(program, static.type_, address=address).value_()
    print(f"cpu {cpu} at {address:#x}: {value}")
