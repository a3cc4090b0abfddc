"""Values of the guest: memory, and what Rust makes of it, by the debug information.

The standard library's types are its own affair, so nothing here names their inner fields:
the one pointer in a Vec is found by its type.
"""

import re

import gdb

WORD = 1 << 64


class KernelError(gdb.GdbError):
    """What a command can't do, in words for a person."""


def memory(address, size):
    """Bytes of the guest."""
    if size == 0:
        return b""
    return bytes(gdb.selected_inferior().read_memory(address % WORD, size))


def word(address):
    """A doubleword of the guest."""
    return int.from_bytes(memory(address, 8), "big")


def at(address, type_name):
    """The value of a type, by its name, at an address."""
    return typed(address, lookup_type(type_name))


def typed(address, of_type):
    """The value of a type at an address."""
    return gdb.Value(address % WORD).cast(of_type.pointer()).dereference()


def lookup_type(name):
    """A type of the kernel's, by its path."""
    try:
        return gdb.lookup_type(name)
    except gdb.error as error:
        raise KernelError(f"the kernel's debug information has no type {name}; "
                          "is this the file that ./qemu-run.sh built?") from error


def static(path):
    """A static of the kernel's, by its path."""
    symbol = gdb.lookup_static_symbol(path) or gdb.lookup_global_symbol(path)
    if symbol is None:
        raise KernelError(f"the kernel's debug information has no static {path}; "
                          "is this the file that ./qemu-run.sh built?")
    return symbol.value()


def address_of(symbol):
    """The address of a symbol without debug information, in whichever language."""
    output = gdb.execute(f"info address {symbol}", to_string=True)
    return int(re.search(r" is at (0x[0-9a-f]+)", output)[1], 16)


def inner(value, wanted):
    """The first field, however deep, of which `wanted` says that it is it."""
    left = [value]
    while left:
        value = left.pop(0)
        if wanted(value):
            return value
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            left.extend(value[field] for field in value.type.fields())
    return None


def pointer_in(value):
    """The first pointer in a value, however deep."""
    return inner(value, lambda field: field.type.strip_typedefs().code == gdb.TYPE_CODE_PTR)


def number(value):
    """The number in a value: an integer, or a wrapper of one such as an atomic."""
    codes = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_PTR)
    found = inner(value, lambda field: field.type.strip_typedefs().code in codes)
    if found is None:
        raise KernelError(f"{value.type} isn't a number")
    return int(found)


def text(value):
    """A &str."""
    return memory(int(value["data_ptr"]), int(value["length"])).decode("utf-8", "replace")


def elements(vector):
    """The elements of a Vec<T>, of an array, or of a slice or a Box<[T]>."""
    if vector.type.strip_typedefs().code == gdb.TYPE_CODE_ARRAY:
        first, last = vector.type.range()
        return [vector[n] for n in range(first, last + 1)]
    fields = {field.name for field in vector.type.fields()}
    if "data_ptr" in fields:
        first, count = vector["data_ptr"], int(vector["length"])
    else:
        of_type = vector.type.template_argument(0)
        first = pointer_in(vector["buf"]).cast(of_type.pointer())
        count = number(vector["len"])
    return [(first + n).dereference() for n in range(count)]


def variant(value):
    """The name of an enum's variant, and its content."""
    fields = [field for field in value.type.fields() if field.name]
    # gdb has left those out that it isn't.
    field = fields[-1] if len(fields) == 1 else None
    if field is None:
        raise KernelError(f"can't tell which variant of {value.type} this is")
    return field.name, value[field]


def variant_name(value):
    """The name of an enum's variant, of one without contents too."""
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_ENUM:
        return str(value).rsplit("::", 1)[-1]
    return variant(value)[0]


def option(value):
    """What is in an Option; None if nothing is."""
    name, content = variant(value)
    return content["__0"] if name == "Some" else None
