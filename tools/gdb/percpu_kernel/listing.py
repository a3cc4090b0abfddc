"""Commands on modules: lsmod, got."""

import gdb

from . import modules, symbols, variables


class Lsmod(gdb.Command):
    """Lists the modules that there are: lsmod"""

    def __init__(self):
        super().__init__("lsmod", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(f"{'module':<20} {'state':<8} {'base':>15} {'bytes':>7} {'per-CPU':>7} "
              f"{'handle':>10}  symbols")
        for module in modules.loaded():
            shown = "yes" if module.name in symbols.added else "no"
            print(f"{module.name:<20} {module.state:<8} {module.base:>#15x} {module.size:>7} "
                  f"{module.per_cpu_bytes:>7} {module.handle:>#10x}  {shown}")


class Got(gdb.Command):
    """Shows a module's global offset table: got MODULE

Each slot with what it holds: an address, or the handle of a per-CPU variable, whose copy on
CPU n is at the handle plus that CPU's offset."""

    def __init__(self):
        super().__init__("got", gdb.COMMAND_DATA)

    def complete(self, text, word):
        names = [module.name for module in modules.loaded()]
        return [name for name in names if name.startswith(word)]

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 1:
            raise gdb.GdbError("expected: got MODULE")
        module = modules.named(words[0])
        everyone = modules.loaded()
        print(f"GOT of {module.name}: {len(module.got)} slots")
        for slot in module.got:
            value = modules.values.word(slot)
            print(f"  {slot:#x}: {value:#018x}  {meaning(value, everyone)}")


def meaning(value, everyone):
    """What a slot's value is."""
    owner = next((module for module in everyone if module.has_handle(value)), None)
    name = name_at(value, owner is not None)
    if owner is not None:
        return f"{name}: handle, of module {owner.name}"
    owner = next((module for module in everyone if module.has(value)), None)
    return name if owner is None else f"{name}, of module {owner.name}"


def name_at(value, per_cpu):
    """A symbol's name; a handle may be another symbol's address, too."""
    for line in variables.symbols_at(value).splitlines():
        name, found, section = line.partition(" in section ")
        if found and section.startswith(".data..percpu") == per_cpu:
            return variables.short(name)
    return "?"
