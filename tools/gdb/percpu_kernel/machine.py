"""CPUs and translation: lowcore, dat, and which thread is which CPU.

Of a machine that runs, QEMU shows the control registers, and translates with the prefix of the
selected thread's CPU; of a dump, its note has both (dump.py).
"""

import gdb

from . import dump, values, variables
from .values import KernelError

# Principles of Operation, chapter 3, "Dynamic Address Translation".
TABLES = ("segment table", "region-third table", "region-second table", "region-first table")
PAGE = 4096
PREFIX_SIZE = 8192


class Cpu:
    """What translation needs of a CPU."""

    def __init__(self, number, element, prefix=None):
        self.number = number
        # Control register 1: the primary address-space-control element.
        self.element = element
        # Absolute address of its prefix area; None where only the machine knows.
        self.prefix = prefix


def thread_of(cpu):
    """The thread that is a CPU."""
    for thread in gdb.selected_inferior().threads():
        if variables.number_of(thread) == cpu:
            return thread
    count = len(gdb.selected_inferior().threads())
    raise KernelError(f"there is no CPU {cpu}: the machine has CPUs 0 to {count - 1}")


class On:
    """With a CPU's thread selected, for a while; its value is the CPU."""

    def __init__(self, number):
        self.number = number

    def __enter__(self):
        thread = thread_of(self.number)
        self.before = gdb.selected_thread()
        thread.switch()
        try:
            return self.cpu()
        except BaseException:
            self.before.switch()
            raise

    def __exit__(self, *problem):
        self.before.switch()

    def cpu(self):
        note = dump.note()
        if note is None:
            try:
                return Cpu(self.number, int(gdb.newest_frame().read_register("cr1")))
            except ValueError as error:
                raise KernelError("this machine doesn't show control registers: "
                                  "is it QEMU's?") from error
        for cpu in note["cpus"]:
            if cpu["number"] == self.number:
                return Cpu(self.number, cpu["control"][1], cpu["prefix"])
        raise KernelError(f"the dump's note has no CPU {self.number}")


def real_word(address):
    """A doubleword at a real address that no prefix is about: memory is mapped where it
    lies."""
    try:
        return values.word(address)
    except gdb.error as error:
        raise KernelError(f"can't read real address {address:#x}: {error}") from error


def cpu_argument(text):
    """The number of a CPU, of the selected one without a word."""
    return values.number(gdb.parse_and_eval(text)) if text else variables.this_cpu()


class Dat(gdb.Command):
    """Walks the translation tables for an address: dat ADDRESS [CPU]

Each table with the entry looked up in it; the tables are those that control register 1 of the
CPU, or of the selected one, names."""

    def __init__(self):
        super().__init__("dat", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise KernelError("expected: dat ADDRESS [CPU]")
        address = values.number(gdb.parse_and_eval(words[0])) % values.WORD
        with On(cpu_argument(words[1] if len(words) == 2 else "")) as cpu:
            print(f"{address:#x} on cpu {cpu.number}, control register 1 {cpu.element:#018x}")
            for line in walk(cpu, address):
                print(f"  {line}")


def walk(cpu, address):
    """The steps of a translation, in the kernel's own words (kernel/page-table/src/walk.rs)."""
    element = cpu.element
    level = element >> 2 & 3
    if element == 0 or address >> 31 + 11 * level:
        yield "beyond what the top table reaches"
        return
    table, length = element & ~(PAGE - 1), element & 3
    while True:
        index = address >> 20 + 11 * level & 2047
        if index >> 9 > length:
            yield f"{TABLES[level]} {table:#x}[{index:4}]: beyond the table's length"
            return
        entry = real_word(table + index * 8)
        place = f"{TABLES[level]} {table:#x}[{index:4}]: {entry:#018x}"
        if entry & 0x20:
            yield f"{place}, invalid"
            return
        if level == 0:
            table = entry & ~0x7ff
            yield f"{place}, to {table:#x}"
            break
        table, length = entry & ~(PAGE - 1), entry & 3
        yield f"{place}, to {table:#x}"
        level -= 1
    index = address >> 12 & 255
    entry = real_word(table + index * 8)
    place = f"page table {table:#x}[{index:4}]: {entry:#018x}"
    if entry & 0x400:
        yield f"{place}, invalid"
        return
    access = ("r" + ("-" if entry & 0x200 else "w") + ("-" if entry & 0x100 else "x"))
    frame = entry & ~(PAGE - 1)
    yield f"{place}, {access}, real {frame:#x}"
    real = frame | address & (PAGE - 1)
    yield f"real {real:#x}{absolute(cpu, real)}"


def absolute(cpu, real):
    """What prefixing makes of a real address, as text."""
    if real < PREFIX_SIZE:
        if cpu.prefix is None:
            return ", in this CPU's prefix area"
        return f", absolute {real + cpu.prefix:#x}: the prefix is {cpu.prefix:#x}"
    if cpu.prefix is not None and cpu.prefix <= real < cpu.prefix + PREFIX_SIZE:
        return f", absolute {real - cpu.prefix:#x}: the prefix is {cpu.prefix:#x}"
    return ""


class Lowcore(gdb.Command):
    """Shows a CPU's prefix area: lowcore [CPU]

What the machine and the kernel keep for each CPU at its real address 0."""

    def __init__(self):
        super().__init__("lowcore", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        of_type = values.lookup_type("arch::lowcore::layout::Lowcore")
        with On(cpu_argument(argument)) as cpu:
            # A machine translates 0 to the CPU's own; a dump has memory as it lies.
            lowcore = values.typed(cpu.prefix or 0, of_type)
            prefix = "" if cpu.prefix is None else f", prefix {cpu.prefix:#x}"
            print(f"lowcore of cpu {cpu.number}{prefix}")
            for offset, name, text in words_of(lowcore):
                print(f"  {offset:#05x} {name:<20} {text}")


def words_of(value, offset=0, prefix=""):
    """The fields of a struct: offset, name, value; a PSW is one."""
    for field in value.type.fields():
        # Bytes that nobody has named begin so.
        if field.name.startswith("_"):
            continue
        at, name, content = offset + field.bitpos // 8, prefix + field.name, value[field]
        if content.type.name == "arch::psw::Psw":
            mask = values.number(content["mask"])
            yield at, name, f"{mask:#018x} {int(content['address']):#018x}"
        elif content.type.code == gdb.TYPE_CODE_STRUCT:
            yield from words_of(content, at, f"{name}.")
        else:
            yield at, name, content.format_string(format="x", max_elements=16)


def new_thread(event):
    """A thread has come."""
    thread = event.inferior_thread
    if thread is not None:
        thread.name = f"cpu {variables.number_of(thread)}"
