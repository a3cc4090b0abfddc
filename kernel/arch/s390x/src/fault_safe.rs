//! Reads and writes of any address: one that is refused is an error, not a fault.
//!
//! Each of the eight instructions here has an entry in the exception table, which
//! needs no more than the program-new PSW and a fault stack: it works from
//! [`traps::install`](crate::traps::install) on, with translation on or off, in
//! handlers, with locks held and in a panic's report. An access with translation off
//! finds out where memory ends (program check 5, addressing). Keeps C9.

use crate::traps::{Access, code, exception_table_entry};
use core::arch::asm;
use core::fmt;

/// An access that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// First byte of the access.
    pub address: usize,
    /// What was tried: a fetch or a store.
    pub access: Access,
    /// Program-interruption code (see [`code`]).
    pub code: u16,
}

impl Fault {
    /// Whether the address has no valid translation, at whatever table level.
    pub fn is_translation(&self) -> bool {
        code::is_translation(self.code)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address,
            access,
            code,
        } = *self;
        write!(
            f,
            "{access} {address:#x}: program check {code:#06x} ({})",
            code::name(code)
        )
    }
}

macro_rules! read {
    ($(#[$doc:meta])* $name:ident -> $type:ident, $instruction:literal) => {
        $(#[$doc])*
        #[inline(never)]
        pub fn $name(address: usize) -> Result<$type, Fault> {
            let mut value = 0u64;
            let mut code = 0u64;
            // SAFETY: C9: the load has an entry, goes on behind itself, and writes
            // one register; register 0 is named.
            unsafe {
                asm!(
                    concat!("2: ", $instruction, " {value}, 0({address})"),
                    "3:",
                    exception_table_entry!("2b", "3b"),
                    address = in(reg_addr) address,
                    value = inout(reg) value,
                    inout("r0") code,
                    options(nostack, preserves_flags),
                );
            }
            match code {
                0 => Ok(value as $type),
                code => Err(Fault { address, access: Access::Fetch, code: code as u16 }),
            }
        }
    };
}

macro_rules! write {
    ($(#[$doc:meta])* $name:ident($type:ident), $instruction:literal) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// C9: if the bytes can be written at all, they are the caller's to change.
        #[inline(never)]
        pub unsafe fn $name(address: usize, value: $type) -> Result<(), Fault> {
            let mut code = 0u64;
            // SAFETY: C9: the store has an entry and goes on behind itself; the bytes
            // are the caller's; register 0 is named.
            unsafe {
                asm!(
                    concat!("2: ", $instruction, " {value}, 0({address})"),
                    "3:",
                    exception_table_entry!("2b", "3b"),
                    address = in(reg_addr) address,
                    value = in(reg) u64::from(value),
                    inout("r0") code,
                    options(nostack, preserves_flags),
                );
            }
            match code {
                0 => Ok(()),
                code => Err(Fault { address, access: Access::Store, code: code as u16 }),
            }
        }
    };
}

read! {
    /// Reads a byte.
    read_u8 -> u8, "llgc"
}
read! {
    /// Reads two bytes, at any alignment, in one piece if aligned.
    read_u16 -> u16, "llgh"
}
read! {
    /// Reads four bytes, at any alignment, in one piece if aligned.
    read_u32 -> u32, "llgf"
}
read! {
    /// Reads eight bytes, at any alignment, in one piece if aligned.
    read_u64 -> u64, "lg"
}
write! {
    /// Writes a byte.
    write_u8(u8), "stc"
}
write! {
    /// Writes two bytes, at any alignment, in one piece if aligned. Refused, it has
    /// written nothing.
    write_u16(u16), "sth"
}
write! {
    /// Writes four bytes, at any alignment, in one piece if aligned. Refused, it has
    /// written nothing.
    write_u32(u32), "st"
}
write! {
    /// Writes eight bytes, at any alignment, in one piece if aligned. Refused, it has
    /// written nothing.
    write_u64(u64), "stg"
}

/// Whether the next piece of `left` bytes at `address` can be a doubleword.
fn is_doubleword(address: usize, left: usize) -> bool {
    left >= 8 && address.is_multiple_of(8)
}

/// Reads `[address, address + bytes.len())`, in aligned doublewords where it can.
///
/// An error names the first byte that can't be read; those before it have been.
pub fn read_bytes(address: usize, bytes: &mut [u8]) -> Result<(), Fault> {
    let mut done = 0;
    while done < bytes.len() {
        let place = address.wrapping_add(done);
        let left = &mut bytes[done..];
        if is_doubleword(place, left.len()) {
            left[..8].copy_from_slice(&read_u64(place)?.to_be_bytes());
            done += 8;
        } else {
            left[0] = read_u8(place)?;
            done += 1;
        }
    }
    Ok(())
}

/// Writes `[address, address + bytes.len())`, in aligned doublewords where it can.
///
/// An error names the first byte that can't be written; those before it have been.
///
/// # Safety
/// C9: those of the bytes that can be written are the caller's to change.
pub unsafe fn write_bytes(address: usize, bytes: &[u8]) -> Result<(), Fault> {
    let mut left = bytes;
    let mut place = address;
    while let [first, after @ ..] = left {
        let step = match left.first_chunk() {
            Some(&word) if is_doubleword(place, left.len()) => {
                // SAFETY: C9: the caller's promise.
                unsafe { write_u64(place, u64::from_be_bytes(word)) }?;
                8
            }
            _ => {
                // SAFETY: C9: the caller's promise.
                unsafe { write_u8(place, *first) }?;
                1
            }
        };
        left = &after[step - 1..];
        place = place.wrapping_add(step);
    }
    Ok(())
}
