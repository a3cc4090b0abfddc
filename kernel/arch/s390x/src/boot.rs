//! From the loader's jump to the first Rust function.
//!
//! QEMU's `-kernel` loads the ELF image and, because its entry is 0x10000,
//! treats it as it treats Linux: it writes the command line to 0x10480 and the
//! initrd's place and size to 0x10408 and 0x10410, and starts CPU 0 at the
//! entry in 64-bit addressing mode with translation and interruptions off.
//!
//! ```text
//!  0x10000  larl %r15, boot stack ; jg boot_entry
//!  0x10408  initrd address, initrd size      (8 bytes each)
//!  0x10430  room for the command line, bytes (8 bytes)
//!  0x10480  command line, ended by NUL       (4096 bytes)
//! ```

use core::arch::global_asm;

const COMMAND_LINE_ROOM: usize = 4096;

global_asm!(
    ".section .boot, \"ax\"",
    ".globl _start",
    "_start:",
    "larl %r15, {stack} + {size} - 160",
    "xc 0(8,%r15), 0(%r15)",
    "jg boot_entry",
    ".org 0x408",
    ".globl boot_parameters",
    "boot_parameters:",
    ".quad 0, 0",
    ".org 0x430",
    ".quad {room}",
    ".org 0x480",
    ".fill {room}, 1, 0",
    ".previous",
    stack = sym BOOT_STACK,
    size = const crate::stack::SIZE,
    room = const COMMAND_LINE_ROOM,
);

/// CPU 0's stack. Its lowest page becomes a guard page once translation is on.
#[repr(C, align(4096))]
struct BootStack([u8; crate::stack::SIZE]);

static mut BOOT_STACK: BootStack = BootStack([0; crate::stack::SIZE]);

/// What the machine's loader handed over.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// The kernel command line; what isn't UTF-8 ends it.
    pub command_line: &'static str,
    /// The initrd, if there is one: address and bytes.
    pub initrd: Option<(usize, usize)>,
}

#[repr(C)]
struct Raw {
    initrd_address: u64,
    initrd_size: u64,
    _unused: [u8; 0x480 - 0x418],
    command_line: [u8; COMMAND_LINE_ROOM],
}

/// Reads the parameter area that the loader filled in. At any time: it stays.
pub fn parameters() -> Parameters {
    unsafe extern "C" {
        static boot_parameters: Raw;
    }
    // SAFETY: C8: the area is part of the image, and nobody writes it after the loader.
    let raw: &'static Raw = unsafe { &boot_parameters };
    let end = raw.command_line.iter().position(|&byte| byte == 0);
    let bytes = &raw.command_line[..end.unwrap_or(COMMAND_LINE_ROOM)];
    let command_line = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    };
    let initrd =
        (raw.initrd_size != 0).then_some((raw.initrd_address as usize, raw.initrd_size as usize));
    Parameters {
        command_line: command_line.trim(),
        initrd,
    }
}

/// Address of the lowest byte of CPU 0's stack, [`stack::SIZE`](crate::stack::SIZE)
/// bytes, whose lowest page is to become a guard page.
pub fn boot_stack() -> usize {
    &raw const BOOT_STACK as usize
}

/// The image's address ranges `(start, end)`, as `linker/kernel.ld` lays them out:
/// virtual and real addresses alike, each group on pages of its own.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// Code: executable, not writable.
    pub text: (usize, usize),
    /// Constants: read-only, the per-CPU template included.
    pub rodata: (usize, usize),
    /// Variables: writable, zeroed data included.
    pub data: (usize, usize),
    /// The per-CPU template, of which each CPU's unit holds a copy; its addresses are
    /// the handles of static per-CPU variables.
    pub per_cpu: (usize, usize),
}

/// Where the linker put the image's groups.
pub fn image() -> Image {
    unsafe extern "C" {
        static __text_start: u8;
        static __text_end: u8;
        static __rodata_start: u8;
        static __rodata_end: u8;
        static __data_start: u8;
        static __image_end: u8;
        static __per_cpu_start: u8;
        static __per_cpu_end: u8;
    }
    Image {
        text: (
            &raw const __text_start as usize,
            &raw const __text_end as usize,
        ),
        rodata: (
            &raw const __rodata_start as usize,
            &raw const __rodata_end as usize,
        ),
        data: (
            &raw const __data_start as usize,
            &raw const __image_end as usize,
        ),
        per_cpu: (
            &raw const __per_cpu_start as usize,
            &raw const __per_cpu_end as usize,
        ),
    }
}
