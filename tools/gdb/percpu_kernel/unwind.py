"""Frames that the kernel's debug information doesn't lead out of.

    a leaf with a frame    its CFI says where the CFA is, but not that r15 was moved
    assembler              no CFI at all: the back chain
    code of Linux's        the same, in packed frames (kernel/arch/s390x/src/packed_call.rs)

Every other frame is left to gdb, that of an interruption too, which has CFI of its own
(kernel/arch/s390x/src/traps/frame_information.rs). Layout: s390x ELF ABI, "The Stack Frame".
"""

import gdb
from gdb.unwinder import Unwinder, register_unwinder

from . import modules, values

# Offsets in the caller's register save area (ABI), and its size.
SAVED = 48
RETURN_ADDRESS = 112
SAVE_AREA = 160

# The same in a packed frame, and the back chain in the function's own; the call into such code.
PACKED_RETURN_ADDRESS = 136
PACKED_BACK_CHAIN = 152
PACKED_CALL = ("packed_call", "packed_call_end")

# What stands beside a back chain of 0 where an interruption's frame follows.
MARKER = b"TRAPFRAM"

# Bytes of a function's start in which its prologue is.
PROLOGUE = 96


class FrameId:
    """What distinguishes a frame from others: its CFA and its function."""

    def __init__(self, sp, pc):
        self.sp = gdb.Value(sp)
        self.pc = gdb.Value(pc)


def instructions(start, end):
    """The instructions from one address to before another, as bytes."""
    code = values.memory(start, max(0, end - start) + 6)
    at = 0
    while start + at < end:
        size = (2, 4, 4, 6)[code[at] >> 6]
        yield code[at:at + size]
        at += size


def moves_stack(instruction):
    """Bytes that an instruction adds to r15, if it is AGHI or AGFI."""
    if instruction[:2] == b"\xa7\xfb":
        return int.from_bytes(instruction[2:4], "big", signed=True)
    if instruction[:2] == b"\xc2\xf8":
        return int.from_bytes(instruction[2:6], "big", signed=True)
    return 0


def leaf_frame(function, pc):
    """Bytes of the frame that a function has here whose r15 is saved nowhere; 0 if gdb can
    do without."""
    size = 0
    for instruction in instructions(function, min(pc, function + PROLOGUE)):
        # STMG ..,%r15,..: gdb finds r15 where the CFI says.
        if instruction[0] == 0xeb and instruction[5] == 0x24 and instruction[1] & 15 == 15:
            return 0
        size -= min(moves_stack(instruction), 0)
    # Behind the instruction that puts r15 back.
    if size and moves_stack(values.memory(pc - 4, 4)) == size:
        return 0
    return size


class KernelUnwinder(Unwinder):
    """Leads out of the frames above."""

    def __init__(self):
        super().__init__("percpu-kernel")

    def __call__(self, frame):
        try:
            return self.unwind(frame)
        except (gdb.error, OverflowError):
            return None

    def unwind(self, frame):
        pc = int(frame.read_register("pswa"))
        sp = int(frame.read_register("r15"))
        if pc == 0:
            # Behind the first function that boot calls: gdb ends the backtrace here.
            return unwound(frame, FrameId(sp + SAVE_AREA, 0), 0, {})
        start = function_start(pc)
        if start is None:
            return self.by_back_chain(frame, pc, sp)
        # A function that calls none has its return address in r14, and r15 to put back.
        size = leaf_frame(start, pc)
        if size == 0:
            return None
        return unwound(frame, FrameId(sp + size + SAVE_AREA, start),
                       int(frame.read_register("r14")), {15: sp + size})

    def by_back_chain(self, frame, pc, sp):
        if is_packed(pc):
            caller = values.word(sp + PACKED_BACK_CHAIN)
            if caller <= sp:
                return None
            # Which other registers it has saved, only its code says.
            return unwound(frame, FrameId(caller + SAVE_AREA, pc),
                           values.word(caller + PACKED_RETURN_ADDRESS), {15: caller})
        if gdb.execute(f"info symbol {pc:#x}", to_string=True).startswith("No symbol"):
            return None
        caller = values.word(sp)
        if caller > sp:
            registers = {n: values.word(caller + SAVED + 8 * (n - 6)) for n in range(6, 16)}
            registers[15] = caller
            return unwound(frame, FrameId(caller + SAVE_AREA, pc),
                           values.word(caller + RETURN_ADDRESS), registers)
        if caller == 0 and values.memory(sp + 8, 8) == MARKER:
            return None
        # The first frame of a stack.
        return unwound(frame, FrameId(sp + SAVE_AREA, pc), 0, {})


def is_packed(pc):
    """Whether code has packed frames."""
    start, end = (values.address_of(name) for name in PACKED_CALL)
    if start <= pc < end:
        return True
    return any(module.is_packed and module.has(pc) for module in modules.loaded())


def function_start(pc):
    """Where the function begins that has code here; None for what has no debug
    information."""
    start, block = None, gdb.block_for_pc(pc)
    while block is not None and not block.is_static and not block.is_global:
        # The outermost one; those in it were inlined.
        if block.function is not None:
            start = block.start
        block = block.superblock
    return start


def unwound(frame, identity, pc, changed):
    """What gdb wants to know of the caller: all registers, of which these differ."""
    info = frame.create_unwind_info(identity)
    names = [f"r{number}" for number in range(16)] + ["pswm", "pswa", "pc"]
    changed = {f"r{number}": value for number, value in changed.items()}
    changed.update(pswa=pc, pc=pc)
    for name in names:
        value = frame.read_register(name)
        if name in changed:
            value = gdb.Value(changed[name] % values.WORD).cast(value.type)
        # Call-clobbered ones aren't known further up.
        if not value.is_optimized_out:
            info.add_saved_register(name, value)
    return info


def register():
    """Registers it with gdb."""
    register_unwinder(None, KernelUnwinder(), replace=True)
