"""What `./qemu-run.sh debug` has gdb load: the kernel's modules, per-CPU variables, chunks,
translation tables and CPUs, for a machine that runs and for a dump.

    gdb-multiarch -x tools/gdb/kernel.py ... KERNEL
"""

import os
import sys

# The source tree stays as it is.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import gdb  # noqa: E402
import percpu_kernel  # noqa: E402

# The kernel's file names its sources by their paths in the tree, wherever that was built.
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
gdb.execute(f'directory "{ROOT}"', to_string=True)

percpu_kernel.register()
