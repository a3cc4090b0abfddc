//! memcpy and its kin, with the storage-to-storage instructions.
//!
//! The compiler calls these four by name, in the kernel and in modules. MVC
//! copies up to 256 bytes left to right, XC of a place with itself clears it,
//! CLC compares; EXRL supplies the length of the last piece. Principles of
//! Operation, chapter 7. Register use: s390x ELF ABI, "Parameter Passing".

use core::arch::{asm, global_asm};

global_asm!(
    ".text",
    // memcpy(%r2 to, %r3 from, %r4 bytes) -> %r2
    ".globl memcpy",
    ".type memcpy, @function",
    ".balign 16",
    "memcpy:",
    "lgr %r1, %r2",
    "aghi %r4, -1",
    "jl 3f",
    "srlg %r5, %r4, 8",
    "ltgr %r5, %r5",
    "je 2f",
    "1: mvc 0(256,%r1), 0(%r3)",
    "la %r1, 256(%r1)",
    "la %r3, 256(%r3)",
    "brctg %r5, 1b",
    "2: exrl %r4, 4f",
    "3: br %r14",
    "4: mvc 0(1,%r1), 0(%r3)",
    ".size memcpy, .-memcpy",
    // memmove(%r2 to, %r3 from, %r4 bytes): left to right unless the target
    // starts inside the source.
    ".globl memmove",
    ".type memmove, @function",
    ".balign 16",
    "memmove:",
    "lgr %r1, %r2",
    "slgr %r1, %r3",
    "clgr %r1, %r4",
    "jhe memcpy",
    "ltgr %r1, %r1",
    "je 4f",
    "1: aghi %r4, -8",
    "jl 2f",
    "lg %r5, 0(%r4,%r3)",
    "stg %r5, 0(%r4,%r2)",
    "j 1b",
    "2: aghi %r4, 8",
    "3: aghi %r4, -1",
    "jl 4f",
    "llgc %r5, 0(%r4,%r3)",
    "stc %r5, 0(%r4,%r2)",
    "j 3b",
    "4: br %r14",
    ".size memmove, .-memmove",
    // memset(%r2 to, %r3 byte, %r4 bytes): XC for zero; otherwise one byte is
    // stored and MVC drags it along.
    ".globl memset",
    ".type memset, @function",
    ".balign 16",
    "memset:",
    "lgr %r1, %r2",
    "aghi %r4, -1",
    "jl 9f",
    "nilf %r3, 255",
    "jne 4f",
    "srlg %r5, %r4, 8",
    "ltgr %r5, %r5",
    "je 2f",
    "1: xc 0(256,%r1), 0(%r1)",
    "la %r1, 256(%r1)",
    "brctg %r5, 1b",
    "2: exrl %r4, 3f",
    "br %r14",
    "3: xc 0(1,%r1), 0(%r1)",
    "4: stc %r3, 0(%r1)",
    "aghi %r4, -1",
    "jl 9f",
    "srlg %r5, %r4, 8",
    "ltgr %r5, %r5",
    "je 6f",
    "5: mvc 1(256,%r1), 0(%r1)",
    "la %r1, 256(%r1)",
    "brctg %r5, 5b",
    "6: exrl %r4, 7f",
    "br %r14",
    "7: mvc 1(1,%r1), 0(%r1)",
    "9: br %r14",
    ".size memset, .-memset",
    // memcmp(%r2, %r3, %r4 bytes) -> %r2: sign of the first difference.
    ".globl memcmp",
    ".globl bcmp",
    ".type memcmp, @function",
    ".balign 16",
    "memcmp:",
    "bcmp:",
    "aghi %r4, -1",
    "jl 3f",
    "srlg %r5, %r4, 8",
    "ltgr %r5, %r5",
    "je 2f",
    "1: clc 0(256,%r2), 0(%r3)",
    "jne 5f",
    "la %r2, 256(%r2)",
    "la %r3, 256(%r3)",
    "brctg %r5, 1b",
    "2: exrl %r4, 4f",
    "jne 5f",
    "3: lghi %r2, 0",
    "br %r14",
    "4: clc 0(1,%r2), 0(%r3)",
    "5: jh 6f",
    "lghi %r2, -1",
    "br %r14",
    "6: lghi %r2, 1",
    "br %r14",
    ".size memcmp, .-memcmp",
);

/// Clears a page frame that held instructions, so that no CPU runs them again when other
/// instructions are put there.
///
/// The architecture asks for no more than a store and a serialization. QEMU's
/// translator, up to 7.2, misses what a storage-to-storage instruction writes
/// beyond its first byte (precise self-modifying code is checked for one byte
/// only), and would run the old instructions. It sees stores of a doubleword, and those are
/// what TEST BLOCK clears a block of 4 KiB with there (Principles of Operation, chapter 10).
///
/// # Safety
/// M1: the frame at this real address is the caller's alone.
pub unsafe fn forget_code(frame: usize) {
    // SAFETY: M1: the caller's own frame. C7: register 0 must be 0, register 1 is ignored.
    // Whether the block is usable isn't asked: it was in use.
    unsafe {
        asm!(
            ".insn rre, 0xb22c0000, %r1, {frame}",
            frame = in(reg) frame,
            in("r0") 0u64,
            options(nostack)
        );
    }
}

/// The sum of words of four bytes, the last filled up with zeros; what is carried out at the
/// left comes in again at the right (CHECKSUM; Principles of Operation, chapter 7).
pub fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = 0u64;
    // SAFETY: C7: reads the slice, whose address and length go on in the register pair until
    // nothing is left (condition code 3: there is more).
    unsafe {
        asm!(
            "2: cksm {sum}, %r2",
            "jo 2b",
            sum = inout(reg) sum,
            inout("r2") bytes.as_ptr() => _,
            inout("r3") bytes.len() => _,
            options(nostack, readonly),
        );
    }
    sum as u32
}
