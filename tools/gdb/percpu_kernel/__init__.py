"""gdb's knowledge of this kernel.

    values       memory, and values of Rust types
    modules      the kernel's list of modules
    symbols      their symbols, added and removed as they come and go
    variables    $percpu, $this_cpu
    listing      lsmod, got
    chunks       percpu-chunks, percpu-map
    machine      lowcore, dat, names of threads
    dump         the note of a core
    unwind       frames that the debug information doesn't lead out of

Layouts come from the kernel's debug information; a name here that is none of the kernel's any
more is an error that says so.
"""

import gdb

from . import chunks, dump, listing, machine, symbols, unwind, variables


def register():
    """Adds the commands and functions to gdb."""
    gdb.execute("set breakpoint pending on")
    unwind.register()
    symbols.ModuleFile()
    symbols.ModuleSymbols()
    dump.KernelCore()
    listing.Lsmod()
    listing.Got()
    chunks.Chunks()
    chunks.Map()
    machine.Dat()
    machine.Lowcore()
    variables.Show()
    variables.PerCpu()
    variables.ThisCpu()
    symbols.Hook()
    gdb.events.new_thread.connect(machine.new_thread)
