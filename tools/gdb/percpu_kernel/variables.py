"""Per-CPU variables: $percpu(var, cpu) and $this_cpu(var).

    copy(cpu) = handle + offset[cpu]        kernel::percpu::OFFSETS

What a variable is decides what its handle is:

    in C, a symbol              its address
    in C, a pointer             its value
    in Rust, a static           the address of the hidden storage behind it
    in Rust, a PerCpu<T>        the handle that it holds
    a number                    itself; the copy is taken for a doubleword

A static of Rust has a type of its own, and gdb can't take a type for a value: it is given by
name, b"HITS" in Rust and "HITS" in C, or without quotes to the command percpu.
"""

import re

import gdb

from . import values
from .values import KernelError

OFFSETS = "kernel::percpu::OFFSETS"
POSSIBLE = "kernel::cpus::POSSIBLE"
STORAGE = "__PER_CPU_STORAGE"
# An impl block of a crate is numbered in its debug information.
IMPLS = 256


def possible():
    """CPUs that have copies: 0 to this, less one."""
    return values.number(values.static(POSSIBLE))


def offset(cpu):
    """What turns a handle into the address of a CPU's copy."""
    count = possible()
    if not 0 <= cpu < count:
        raise KernelError(f"there is no CPU {cpu}: CPUs 0 to {count - 1} are possible")
    return values.number(values.static(OFFSETS)[cpu])


def number_of(thread):
    """The number of the CPU that a thread is: QEMU counts threads from 1, and so does a
    dump."""
    _, light, number = thread.ptid
    return (light or number) - 1


def this_cpu():
    """The number of the CPU whose thread is selected."""
    thread = gdb.selected_thread()
    if thread is None:
        raise KernelError("no CPU is selected: there is neither a machine nor a dump")
    return number_of(thread)


def copy_of(variable, cpu):
    """A CPU's copy of a variable."""
    handle, of_type = storage_of(variable)
    return values.typed(handle + offset(cpu), of_type)


def storage_of(variable):
    """A variable's handle, and the type of its copies."""
    of_type = variable.type.strip_typedefs()
    if is_text(of_type):
        return by_name(text_of(variable))
    if of_type.code == gdb.TYPE_CODE_STRUCT and of_type.name is not None:
        if re.search(r"\bPerCpu<", of_type.name):
            return values.number(variable), of_type.template_argument(0)
    if of_type.code == gdb.TYPE_CODE_PTR and not is_per_cpu_address(variable):
        return int(variable), of_type.target()
    if variable.address is not None and is_per_cpu_address(variable):
        return int(variable.address), plain(variable.type)
    if of_type.code == gdb.TYPE_CODE_INT:
        return int(variable), gdb.lookup_type("u64")
    raise KernelError(f"{variable.type} is no per-CPU variable, nor a pointer to one")


def plain(of_type):
    """The type that is in a static's storage."""
    name = of_type.strip_typedefs().name or ""
    if name.startswith("this_cpu::statics::Template<"):
        return of_type.strip_typedefs().template_argument(0)
    return of_type


def is_per_cpu_address(variable):
    """Whether a value lies in a section of per-CPU variables."""
    if variable.address is None:
        return False
    return "in section .data..percpu" in symbols_at(int(variable.address))


def symbols_at(address):
    """What gdb knows to be at an address."""
    return gdb.execute(f"info symbol {address:#x}", to_string=True)


def is_text(of_type):
    """Whether this is the type of a name in quotes: b".." in Rust, ".." in C."""
    if of_type.code == gdb.TYPE_CODE_STRING:
        return True
    return of_type.code == gdb.TYPE_CODE_ARRAY and of_type.target().sizeof == 1


def text_of(variable):
    """The name in quotes."""
    return re.sub(r'^b?"|"$', "", variable.format_string(format="s"))


def by_name(name):
    """The variable of a name: a symbol, or a static of Rust, by its path or, where no other
    has it, by its last word."""
    for symbol in (gdb.lookup_static_symbol(name), gdb.lookup_global_symbol(name)):
        if symbol is not None and symbol.is_variable:
            return int(symbol.value().address), plain(symbol.type)
    paths = [name] if "::" in name else paths_of(name)
    if len(paths) > 1:
        raise KernelError(f"{name} may be " + " or ".join(paths))
    found = rust_static(paths[0]) if paths else None
    if found is None:
        raise KernelError(f"no per-CPU variable {name}; if a module has it, is that loaded, "
                          "with its symbols (lsmod)?")
    return found


def paths_of(name):
    """The paths of all statics of Rust whose last word this is; only that of the code where
    the selected CPU is, if it is one of them."""
    text = gdb.execute(f"info variables -q {STORAGE}", to_string=True)
    names = (short(line.partition("  ")[2]) for line in text.splitlines())
    paths = sorted({path for path in names if path.rpartition("::")[2] == name})
    try:
        function = gdb.selected_frame().name() or ""
    except gdb.error:
        function = ""
    here = [path for path in paths if function.startswith(path.rpartition("::")[0] + "::")]
    return here or paths


def rust_static(path):
    """What percpu! made of a static: a type of its name, and the storage in an impl of it.
    None if there is none."""
    scope, _, name = path.rpartition("::")
    exported = f"{scope.split('::')[0].upper()}_{name}"
    for number in range(IMPLS):
        within = f"{scope}::{{impl#{number}}}::handle::"
        for leaf in (STORAGE, exported):
            symbol = gdb.lookup_static_symbol(within + leaf) or \
                gdb.lookup_global_symbol(within + leaf)
            if symbol is not None and is_storage_of(symbol, path, exported):
                return int(symbol.value().address), plain(symbol.type)
    return None


def is_storage_of(symbol, path, exported):
    if symbol.linkage_name == exported:
        return True
    shown = gdb.execute(f"demangle -l rust -- {symbol.linkage_name}", to_string=True)
    return short(shown.strip()) == path


def short(name):
    """A name as people write it: without hashes, and of a static's storage that static."""
    name = re.sub(r"\[[0-9a-f]+\]", "", name)
    storage = re.match(rf"<(.*) as this_cpu::.*>::handle::{STORAGE}$", name)
    return storage[1] if storage else name


class Show(gdb.Command):
    """Shows a per-CPU variable: percpu VARIABLE [CPU]

VARIABLE is the name of a static of Rust, with its path or without, or any expression that
$percpu takes. Without CPU: the copies of all CPUs, and where they lie."""

    def __init__(self):
        super().__init__("percpu", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise KernelError("expected: percpu VARIABLE [CPU]")
        handle, of_type = named_or_evaluated(words[0])
        cpus = range(possible())
        if len(words) == 2:
            cpus = [values.number(gdb.parse_and_eval(words[1]))]
        print(f"{words[0]}: {of_type}, handle {handle:#x}")
        for cpu in cpus:
            copy = values.typed(handle + offset(cpu), of_type)
            print(f"  cpu {cpu} at {int(copy.address):#x}: {copy.format_string()}")


def named_or_evaluated(text):
    """The handle and type of what a person wrote."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z_0-9:]*", text):
        return by_name(text)
    return storage_of(gdb.parse_and_eval(text))


class PerCpu(gdb.Function):
    """$percpu(VARIABLE, CPU): a CPU's copy of a per-CPU variable.

VARIABLE is a variable of C, a pointer to one, a PerCpu<T>, a handle, or a name in quotes:
b"HITS" in Rust, "HITS" in C."""

    def __init__(self):
        super().__init__("percpu")

    def invoke(self, variable, cpu):
        return copy_of(variable, values.number(cpu))


class ThisCpu(gdb.Function):
    """$this_cpu(VARIABLE): the copy of the CPU whose thread is selected.

VARIABLE as for $percpu."""

    def __init__(self):
        super().__init__("this_cpu")

    def invoke(self, variable):
        return copy_of(variable, this_cpu())
