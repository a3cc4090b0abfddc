"""Modules' symbols: added when the kernel has loaded one and none of its code has run,
removed when it goes.

    module_changed: Formed     breakpoint ─► add-symbol-file NAME.debug -s SECTION ADDRESS ..
    module_changed: Removed    breakpoint ─► remove-symbol-file

The kernel calls it for this: kernel/src/modules/debugger.rs. gdb then resolves pending
breakpoints anew, so that one on a module's function may be set before the module is there.
"""

import os

import gdb

from . import modules, values
from .values import KernelError

HOOK = "kernel::modules::debugger::module_changed"

# Files with debug information that were named by hand, by module.
named_files = {}

# Files that were added, by module.
added = {}


def folders():
    """Where the build leaves the modules' unstripped files, beside the kernel."""
    kernel = kernel_file()
    if kernel is None:
        return []
    release = os.path.dirname(kernel)
    return [os.path.join(release, "modules"), os.path.join(release, "c", "extra"),
            os.path.join(release, "lessons")]


def kernel_file():
    """The kernel's file; None if gdb was given none."""
    name = gdb.current_progspace().filename
    return os.path.realpath(name) if name else None


def file_of(name):
    """The file with a module's debug information; None if there is none."""
    if name in named_files:
        return named_files[name]
    paths = (os.path.join(folder, f"{name}.debug") for folder in folders())
    return next((path for path in paths if os.path.isfile(path)), None)


def print_line(text):
    """A line for people, beside gdb's own."""
    gdb.write(f"{text}\n")


def add(module):
    """Adds a module's symbols."""
    remove(module.name)
    path = file_of(module.name)
    if path is None:
        print_line(f"module {module.name}: no file with its debug information; "
                   f"module-file {module.name} FILE names one")
        return
    try:
        sizes = section_sizes(path)
    except (OSError, ValueError) as error:
        print_line(f"module {module.name}: {error}")
        return
    # Names of sections needn't be unique in an object, but gdb knows them by name.
    words = [f"-s {section.name} {section.address:#x}"
             for section in module.sections if section.name in sizes]
    differ = [section.name for section in module.sections
              if sizes.get(section.name) != section.size]
    if differ:
        print_line(f"module {module.name}: {path} is of another build "
                   f"({', '.join(differ)} differ); no symbols")
        return
    gdb.execute(f"add-symbol-file {quoted(path)} {' '.join(words)}", to_string=True)
    added[module.name] = path


def remove(name):
    """Removes a module's symbols, if they were added."""
    path = added.pop(name, None)
    if path is not None:
        try:
            gdb.execute(f"remove-symbol-file {quoted(path)}", to_string=True)
        except gdb.error:
            # A new file, or a run from the start, has removed them.
            pass


def quoted(path):
    """A path as gdb's commands take it."""
    return path.replace("\\", "\\\\").replace(" ", "\\ ")


def add_all():
    """Adds the symbols of all modules that there are now."""
    for name in list(added):
        remove(name)
    for module in modules.loaded():
        add(module)


class Hook(gdb.Breakpoint):
    """A breakpoint at which nothing stops."""

    def __init__(self):
        super().__init__(HOOK, type=gdb.BP_BREAKPOINT, internal=True)
        self.silent = True

    def stop(self):
        try:
            frame = gdb.newest_frame()
            record = frame.read_var("record").dereference()
            name = values.text(record["name"])
            if values.variant_name(record["change"]) == "Removed":
                remove(name)
            else:
                add(modules.Module(name, record["loaded"].dereference()))
        except (gdb.error, gdb.GdbError, ValueError) as error:
            print_line(f"symbols of a module: {error}")
        return False


def section_sizes(path):
    """Sizes of an object's sections, by name."""
    return {name: size for name, (_, size) in section_bytes(path).items()}


def section_bytes(path):
    """Where the sections of an ELF file of this machine are in it, and their sizes, by name."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:6] != b"\x7fELF\x02\x02":
        raise ValueError(f"{path} isn't an object of this machine (ELF64, big-endian)")

    def word(at, size):
        return int.from_bytes(data[at:at + size], "big")

    table, entry, count, names = word(40, 8), word(58, 2), word(60, 2), word(62, 2)
    strings = word(table + names * entry + 24, 8)
    found = {}
    for at in range(table, table + count * entry, entry):
        start = strings + word(at, 4)
        name = data[start:data.index(b"\0", start)].decode("utf-8", "replace")
        found[name] = word(at + 24, 8), word(at + 32, 8)
    return found


class ModuleFile(gdb.Command):
    """Names the file with a module's debug information: module-file NAME FILE

For a module that the build doesn't make: one given as an object by --module."""

    def __init__(self):
        super().__init__("module-file", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 2:
            raise KernelError("expected: module-file NAME FILE")
        name, path = words
        if not os.path.isfile(path):
            raise KernelError(f"{path}: there is no such file")
        named_files[name] = os.path.realpath(path)
        for module in modules.loaded() if has_memory() else []:
            if module.name == name:
                add(module)


class ModuleSymbols(gdb.Command):
    """Adds the symbols of all modules that there are: module-symbols

For a gdb that has connected to a machine which runs already."""

    def __init__(self):
        super().__init__("module-symbols", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        add_all()


def has_memory():
    """Whether there is a machine, or a dump, to read."""
    return gdb.selected_inferior().pid != 0 or bool(gdb.selected_inferior().threads())
